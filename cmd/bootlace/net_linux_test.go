// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestNetwork runs every script in testdata/net beside a site of three namespaces: $NS-s with a bridge br0 for servers,
// $NS-d and $NS-c with eth0 on it.
func TestNetwork(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("NOT TESTED: needs root to make network namespaces")
	}
	var sites atomic.Int32 // scripts run side by side
	testscript.Run(t, testscript.Params{
		Dir: "testdata/net",
		Setup: func(env *testscript.Env) error {
			ns := fmt.Sprintf("cmd%d-%d", os.Getpid(), sites.Add(1))
			env.Setenv("NS", ns)
			return makeSite(ns, env.Defer)
		},
	})
}

// makeSite makes the namespaces; they go when the script ends.
func makeSite(ns string, atEnd func(func())) error {
	for _, end := range []string{"-s", "-d", "-c"} {
		if err := ip("netns add " + ns + end); err != nil {
			return err
		}
		atEnd(func() { _ = ip("netns del " + ns + end) }) // what is left says so itself at the next run
		if err := ip("-n " + ns + end + " link set lo up"); err != nil {
			return err
		}
	}
	for _, line := range []string{
		"-n S link add br0 type bridge", "-n S link set br0 up", "-n S addr add 10.98.0.1/24 dev br0", "-n S addr add fd98::1/64 dev br0 nodad",
		"link add vd netns S type veth peer name eth0 netns D", "link add vc netns S type veth peer name eth0 netns C",
		"-n S link set vd master br0 up", "-n S link set vc master br0 up", "-n D link set eth0 up", "-n C link set eth0 up",
		"-n D addr add 10.98.0.2/24 dev eth0", "-n C addr add 10.98.0.3/24 dev eth0", "-n C addr add fd98::3/64 dev eth0 nodad",
	} {
		if err := ip(strings.NewReplacer(" S ", " "+ns+"-s ", " D ", " "+ns+"-d ", " C ", " "+ns+"-c ").Replace(line + " ")); err != nil {
			return err
		}
	}
	return nil
}

func ip(line string) error {
	if out, err := exec.Command("ip", strings.Fields(line)...).CombinedOutput(); err != nil {
		return fmt.Errorf("ip %s: %w: %s", line, err, out)
	}
	return nil
}
