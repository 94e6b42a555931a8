// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/e2e"
	"github.com/bootlace-net/bootlace/e2e/target"
)

const howToRun = "real firmware was NOT booted. Run it as root with: BOOTLACE_E2E=1 go test -count=1 -v -timeout 2h ./e2e"

// booter gives a runner and the cases, or ends the test loudly. With BOOTLACE_E2E set it never skips.
func booter(t *testing.T) (context.Context, *e2e.Runner, []e2e.Case) {
	t.Helper()
	if os.Getenv("BOOTLACE_E2E") == "" {
		t.Skip(howToRun)
	}
	ctx, stop := signal.NotifyContext(t.Context(), os.Interrupt, syscall.SIGTERM)
	t.Cleanup(stop)
	initrds, err := target.MakeInitrds()
	if err != nil {
		t.Fatal(err)
	}
	r, err := e2e.NewRunner(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return ctx, r, e2e.Cases(initrds)
}

// TestBoot boots all cases, as many at once as there are processors (go test -parallel).
func TestBoot(t *testing.T) {
	ctx, r, cases := booter(t)
	results := make([]e2e.Result, len(cases))
	t.Cleanup(func() { writeReport(t, results) })
	for i, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			res := r.Boot(ctx, c)
			if res.Deaf() {
				fmt.Println("AGAIN", c.Name, "the firmware did not hear an answer that its port was sent, and asks only once")
				res = r.Boot(ctx, c)
			}
			results[i] = res
			fmt.Println(res.Line())
			if res.Err != nil {
				t.Fatal(res.Evidence())
			}
		})
	}
}

// writeReport writes the table of what was booted to the file that BOOTLACE_E2E_REPORT names.
func writeReport(t *testing.T, results []e2e.Result) {
	path := os.Getenv("BOOTLACE_E2E_REPORT")
	results = slices.DeleteFunc(results, func(r e2e.Result) bool { return r.Case.Name == "" }) // left out by -run
	if path == "" || len(results) == 0 {
		return
	}
	f, err := os.Create(path)
	if err != nil {
		t.Error(err)
		return
	}
	if err := e2e.WriteReport(f, results); err != nil {
		t.Error(err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}

// crashRounds is how often TestCrash kills Bootlace; BOOTLACE_E2E_CRASHES asks for more (50 take half an hour).
const crashRounds = 3

// TestCrash kills Bootlace at another moment of each round, from the first DISCOVER to the installed system: whenever it is,
// the machine is installed exactly once and boots its disk.
func TestCrash(t *testing.T) {
	ctx, r, cases := booter(t)
	c, ok := e2e.Find(cases, "bios-ipxe-installs")
	if !ok {
		t.Fatal("there is no case that installs")
	}
	rounds := crashRounds
	if asked := os.Getenv("BOOTLACE_E2E_CRASHES"); asked != "" {
		var err error
		if rounds, err = strconv.Atoi(asked); err != nil || rounds < 1 {
			t.Fatalf("BOOTLACE_E2E_CRASHES=%s is no number of rounds", asked)
		}
	}
	whole := mustBoot(ctx, t, r, c).Took
	c.Machine.Retry, c.Story = true, nil // which steps there are depends on the moment
	for i := range rounds {
		c.Crash = whole * time.Duration(2*i+1) / time.Duration(2*rounds)
		res := mustBoot(ctx, t, r, c)
		t.Logf("killed after %v of %v: %s", round(c.Crash), round(whole), res.Line())
	}
}

// lossEvery makes the switch drop one UDP packet of 997: a tenth of a percent.
const lossEvery = 997

// Loss may cost a boot a fifth of its time. Other work on the machine only ever makes a boot longer, so the shortest of a
// few is the one that tells.
const (
	lossFactor = 1.2
	lossRounds = 10
)

// TestLoss boots the chains that carry everything by TFTP with and without loss. With a retransmission timer of a second,
// which is usual, the first two take two to five times as long.
func TestLoss(t *testing.T) {
	ctx, r, cases := booter(t)
	for _, name := range []string{"uefi-secure-boot", "bios-ipxe-tftp", "bios-pxelinux"} {
		t.Run(name, func(t *testing.T) {
			c, ok := e2e.Find(cases, name)
			if !ok {
				t.Fatalf("there is no case %s", name)
			}
			plain, lossy := mustBoot(ctx, t, r, c), mustBoot(ctx, t, r, lossyCase(c))
			for round := 1; round < lossRounds && !bearable(plain, lossy); round++ {
				plain = quicker(plain, mustBoot(ctx, t, r, c))
				lossy = quicker(lossy, mustBoot(ctx, t, r, lossyCase(c)))
			}
			if !bearable(plain, lossy) {
				t.Errorf("with loss the boot took %v, more than %v times the %v without\n%s", round(lossy.Took), lossFactor, round(plain.Took),
					lossy.Evidence())
			}
		})
	}
}

func mustBoot(ctx context.Context, t *testing.T, r *e2e.Runner, c e2e.Case) e2e.Result {
	t.Helper()
	res := r.Boot(ctx, c)
	fmt.Println(res.Line())
	if res.Err != nil {
		t.Fatal(res.Evidence())
	}
	if c.Loss > 0 && repeated(res) == 0 {
		t.Fatal("nothing had to be sent again: no packet was lost, and the boot shows nothing")
	}
	return res
}

func bearable(plain, lossy e2e.Result) bool {
	return lossy.Took.Seconds() <= lossFactor*plain.Took.Seconds()
}

func quicker(a, b e2e.Result) e2e.Result {
	if b.Took < a.Took {
		return b
	}
	return a
}

func lossyCase(c e2e.Case) e2e.Case {
	c.Loss = lossEvery
	c.Name += "-loss"
	c.About += fmt.Sprintf(", one packet of %d lost", lossEvery)
	return c
}

func repeated(r e2e.Result) int {
	n := 0
	for _, x := range r.Trace.Transfers() {
		n += x.Retries()
	}
	return n
}

func round(d time.Duration) time.Duration { return d.Round(100 * time.Millisecond) }
