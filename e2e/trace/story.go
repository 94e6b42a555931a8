// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Step is one line of a boot's story.
type Step struct {
	At   time.Duration
	Text string
}

// Story gives the boot as one line per step, in the order of time: whole exchanges rather than packets. A size probe is
// left out, as is a request that was made again.
//
//	dhcp OFFER 10.77.0.2 PXE10-skip m/52-54-00-77-00-01/ipxe.efi
//	tftp m/52-54-00-77-00-01/ipxe.efi complete
//	http GET /m/52-54-00-77-00-01/boot.ipxe 200
func (t *Trace) Story() []Step {
	var out []Step
	step := func(at time.Duration, words ...string) {
		text := printable(strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), " "))
		out = append(out, Step{at, text})
	}
	for _, d := range t.DHCP {
		if d.Reply {
			step(d.At, "dhcp", d.Type(), d.Src.Addr().String(), d.Strategy(), d.BootFile())
		}
	}
	for _, d := range t.DHCP6 {
		if d.Kind == advertise6 || d.Kind == reply6 {
			step(d.At, "dhcp6", d.Type(), d.Src.Addr().String(), string(d.Get(optBootURL)))
		}
	}
	for _, x := range t.tftp.all {
		if !x.Probe() {
			step(x.At, "tftp", x.Name, string(x.Outcome))
		}
	}
	for _, x := range t.http.all {
		step(x.At, "http", x.Method, x.Path, strconv.Itoa(x.Status))
	}
	slices.SortStableFunc(out, func(a, b Step) int { return cmp.Compare(a.At, b.At) })
	return out
}

// Strategy names what kind of boot reply this is, by what makes the firmware act:
// "address" for a plain DHCP reply without boot information.
func (d DHCP) Strategy() string {
	switch subs := decodeOptions(d.Options.Get(optVendor)); {
	case !d.BootInfo() && assigned(d.YIAddr):
		return "address"
	case !d.BootInfo():
		return "nothing"
	case strings.HasPrefix(d.Class(), "HTTPClient"):
		return "HTTPClient"
	case d.Src.Port() == 4011:
		return "4011"
	case strings.HasSuffix(d.BootFile(), ".ipxe"):
		return "iPXE script"
	case len(subs.Get(6)) == 1 && subs.Get(6)[0]&8 != 0:
		return "PXE10-skip"
	case subs.Has(8) || subs.Has(9):
		return "menu"
	case strings.HasPrefix(d.Class(), "PXEClient"):
		return "BINL"
	default:
		return "boot file"
	}
}
