// SPDX-License-Identifier: Apache-2.0

package lab

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// Firmware of a machine.
type Firmware string

// The firmware there is.
const (
	SeaBIOS    Firmware = "SeaBIOS"
	OVMF       Firmware = "OVMF x86-64"
	SecureBoot Firmware = "OVMF x86-64, Secure Boot"
	OwnKeys    Firmware = "OVMF x86-64, Secure Boot, own keys"
	AAVMF      Firmware = "AAVMF arm64"
	UBoot      Firmware = "U-Boot arm64"
)

// Machine describes a virtual machine with one network card at the lab's tap.
type Machine struct {
	Firmware Firmware
	MAC      net.HardwareAddr
	NIC      string   // QEMU's device name; empty: virtio-net-pci
	ROM      string   // option ROM file; empty: none, so that the firmware's own stack boots
	Memory   int      // MiB; 0: 512
	FWCfg    []string // "name=value" of QEMU's fw_cfg, which switch parts of OVMF off
	// Authority is whether the firmware holds that of the file cacerts.der in the machine's directory, for HTTPS.
	Authority bool
	Disk      []string // -drive and -device words of a disk that boots after the network
	Reboot    bool     // a reset starts the machine anew; else it switches it off
	Retry     bool     // SeaBIOS starts anew when nothing boots
	Cable     string   // directory of a Cable's sockets; empty: plugged into the switch directly
}

// Switches of OVMF that leave one way to boot.
const (
	NoPXE4 = "opt/org.tianocore/IPv4PXESupport=n"
	NoPXE6 = "opt/org.tianocore/IPv6PXESupport=n"
)

// UBootImage is Debian's U-Boot for QEMU's ARM board.
const UBootImage = "/usr/lib/u-boot/qemu_arm64/u-boot.bin"

// ROM is the option ROM that Debian's ipxe-qemu has for a card.
func ROM(card string) string { return "/usr/lib/ipxe/qemu/pxe-" + card + ".rom" }

// Accel says how QEMU is to run a machine: "kvm" only where the CPU itself has it. That /dev/kvm can be opened is not
// enough: in a guest of a hypervisor without nesting the device may exist and QEMU then hangs in real mode.
func Accel() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil || !regexp.MustCompile(`(?m)^flags\s*:.*\b(svm|vmx)\b`).Match(info) {
		return "tcg"
	}
	f, err := os.OpenFile("/dev/kvm", os.O_RDWR, 0)
	if err != nil {
		return "tcg"
	}
	_ = f.Close()
	return "kvm"
}

// arm64 tells whether the machine is an ARM one, which is always emulated.
func (m Machine) arm64() bool { return m.Firmware == AAVMF || m.Firmware == UBoot }

func (m Machine) program() string {
	if m.arm64() {
		return "qemu-system-aarch64"
	}
	return "qemu-system-x86_64"
}

// cpu is the smallest that boots; the larger CPUs that TCG offers boot no faster.
func (m Machine) cpu(accel string) []string {
	switch {
	case m.arm64():
		return []string{"-cpu", "cortex-a57"}
	case accel == "tcg":
		return []string{"-cpu", "qemu64"}
	}
	return nil
}

func (m Machine) argv(dir string) ([]string, error) {
	memory, nic, accel := m.Memory, m.NIC, Accel()
	if m.arm64() {
		accel = "tcg"
	}
	if memory == 0 {
		memory = 512
	}
	if nic == "" {
		nic = "virtio-net-pci"
	}
	argv := []string{
		"-accel", accel, "-m", strconv.Itoa(memory), "-smp", "1", "-nodefaults", "-no-user-config", "-display", "none",
		"-boot", m.order(), "-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console", "-uuid", m.UUID(),
		"-netdev", m.plug(),
		"-device", m.card(nic),
	}
	if !m.Reboot {
		argv = append(argv, "-no-reboot")
	}
	argv = append(argv, m.cpu(accel)...)
	if m.Authority {
		list, err := enrol(dir)
		if err != nil {
			return nil, err
		}
		argv = append(argv, "-fw_cfg", "name=etc/edk2/https/cacerts,file="+list)
	}
	for _, f := range m.FWCfg {
		name, value, _ := strings.Cut(f, "=")
		argv = append(argv, "-fw_cfg", "name="+name+",string="+value)
	}
	platform, err := m.platform(dir)
	return append(append(argv, platform...), m.Disk...), err
}

// order is how the firmware goes through what can be booted. SeaBIOS halts after the last, unless it is given a time.
func (m Machine) order() string {
	if m.Retry {
		return "strict=on,reboot-timeout=2000"
	}
	return "strict=on"
}

// plug is the machine's end of its network.
func (m Machine) plug() string {
	if m.Cable == "" {
		return "tap,id=net,ifname=" + Tap + ",script=no,downscript=no"
	}
	end := func(name string) string { return filepath.Join(m.Cable, name+".sock") }
	return "dgram,id=net,local.type=unix,local.path=" + end("vm") + ",remote.type=unix,remote.path=" + end("us")
}

// card is the network card. Debian's virtio ROM carries the modern PCI id only, and SeaBIOS skips a ROM of another id.
func (m Machine) card(nic string) string {
	card := nic + ",netdev=net,bootindex=1,mac=" + m.MAC.String() + ",romfile=" + m.ROM
	if nic == "virtio-net-pci" && m.ROM != "" {
		card += ",disable-legacy=on"
	}
	return card
}

// platform is the board and its firmware. "graphics=off" makes SeaBIOS use the serial port as its console.
func (m Machine) platform(dir string) ([]string, error) {
	var code, vars string
	argv := []string{"-M", "q35"}
	switch m.Firmware {
	case SeaBIOS:
		return []string{"-M", "pc,graphics=off"}, nil
	case UBoot:
		return []string{"-M", "virt", "-bios", UBootImage}, nil
	case AAVMF:
		argv = []string{"-M", "virt"}
		code, vars = "/usr/share/AAVMF/AAVMF_CODE.fd", "/usr/share/AAVMF/AAVMF_VARS.fd"
	case OVMF:
		code, vars = "/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"
	case SecureBoot:
		code, vars = "/usr/share/OVMF/OVMF_CODE_4M.ms.fd", "/usr/share/OVMF/OVMF_VARS_4M.ms.fd"
		argv = secureBoard()
	case OwnKeys: // its db, KEK and PK have one certificate, whose key Debian gives away with it
		code, vars = "/usr/share/OVMF/OVMF_CODE_4M.snakeoil.fd", "/usr/share/OVMF/OVMF_VARS_4M.snakeoil.fd"
		argv = secureBoard()
	default:
		return nil, fmt.Errorf("firmware %q is not known", m.Firmware)
	}
	body, err := os.ReadFile(vars)
	if err != nil {
		return nil, err
	}
	own := filepath.Join(dir, "vars.fd") // variables are written to: a boot must not see the one before
	return append(argv,
		"-drive", "if=pflash,unit=0,format=raw,readonly=on,file="+code,
		"-drive", "if=pflash,unit=1,format=raw,file="+own,
		"-device", "virtio-rng-pci",
	), os.WriteFile(own, body, 0o644)
}

// secureBoard keeps the system from writing to the firmware's variables.
func secureBoard() []string {
	return []string{"-M", "q35,smm=on", "-global", "driver=cfi.pflash01,property=secure,value=on"}
}

// The key that the firmware OwnKeys trusts, and its passphrase.
const (
	OwnersCertificate = "/usr/share/ovmf/PkKek-1-snakeoil.pem"
	OwnersKey         = "/usr/share/ovmf/PkKek-1-snakeoil.key"
	OwnersPassphrase  = "snakeoil"
)

// UUID is the machine's SMBIOS UUID: a fixed one for each MAC address.
func (m Machine) UUID() string { return fmt.Sprintf("77777777-0000-4000-8000-%012x", []byte(m.MAC)) }
