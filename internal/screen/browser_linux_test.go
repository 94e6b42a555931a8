// SPDX-License-Identifier: Apache-2.0

package screen

import (
	"cmp"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	cdp "github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is for a machine that does much beside; nothing is measured by it.
const patience = time.Minute

// browser starts Chromium for one test, and ends it by its own process.
func browser(t testing.TB) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skipf("NOT TESTED: %v (tools/deps.sh)", err)
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("ignore-certificate-errors", true), chromedp.Flag("no-proxy-server", true), chromedp.DisableGPU, chromedp.WindowSize(1360, 900),
		chromedp.WSURLReadTimeout(patience))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), opts...)
	t.Cleanup(cancel)
	ctx, end := chromedp.NewContext(ctx)
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx) // waits for its end
		end()
	})
	if err := chromedp.Run(ctx); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// tab opens a page in which nobody is logged in, no script fails, and nothing is loaded from elsewhere.
func tab(t testing.TB, parent context.Context, home string) context.Context {
	t.Helper()
	ctx, cancel := chromedp.NewContext(parent)
	t.Cleanup(cancel)
	ctx, over := context.WithTimeout(ctx, 3*patience)
	t.Cleanup(over)
	chromedp.ListenTarget(ctx, func(ev any) {
		switch e := ev.(type) {
		case *runtime.EventExceptionThrown:
			t.Errorf("the page throws: %s", e.ExceptionDetails)
		case *log.EventEntryAdded:
			if strings.Contains(e.Entry.Text, "Content Security Policy") || strings.Contains(e.Entry.Text, "TrustedHTML") {
				t.Errorf("the page does what it must not: %s", e.Entry.Text)
			}
		case *cdp.EventRequestWillBeSent:
			if !strings.HasPrefix(e.Request.URL, home) && !strings.HasPrefix(e.Request.URL, "about:") {
				t.Errorf("the page asks for %s", e.Request.URL)
			}
		}
	})
	do(t, ctx, cdp.ClearBrowserCookies())
	return ctx
}

// do runs steps in a tab.
func do(t testing.TB, ctx context.Context, steps ...chromedp.Action) {
	t.Helper()
	if err := chromedp.Run(ctx, steps...); err != nil {
		var page string
		_ = chromedp.Run(ctx, chromedp.Text("body", &page, chromedp.ByQuery))
		t.Fatalf("%v; the page says:\n%s", err, page)
	}
}

// enters logs in on the page that asks for it.
func enters(name string) chromedp.Tasks {
	return chromedp.Tasks{
		chromedp.WaitVisible("#password", chromedp.ByQuery),
		chromedp.SendKeys("#name", name, chromedp.ByQuery), chromedp.SendKeys("#password", password, chromedp.ByQuery),
		chromedp.Click("form button.main", chromedp.ByQuery), chromedp.WaitVisible(".who", chromedp.ByQuery),
	}
}

// says waits until the page has words.
func says(words ...string) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		for _, w := range words {
			if err := waits(ctx, "document.body && document.body.innerText.includes("+quoted(w)+")"); err != nil {
				return &missing{w, err}
			}
		}
		return nil
	})
}

// waits until something is so, also on a page that comes in place of this one.
func waits(ctx context.Context, so string) (err error) {
	for end := time.Now().Add(patience); time.Now().Before(end); {
		over := false
		if err = chromedp.Evaluate(so, &over).Do(ctx); err == nil && over {
			return nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return cmp.Or(err, context.DeadlineExceeded)
}

type missing struct {
	words string
	err   error
}

func (m *missing) Error() string { return "the page does not say " + m.words + ": " + m.err.Error() }

// picture keeps what a page looks like in the folder that BOOTLACE_PICTURES names, and how it looks in the dark in dark/ there, if that is.
// Those of docs/ are made by BOOTLACE_PICTURES=$PWD/docs go test ./internal/screen -run Browser.
func picture(t testing.TB, ctx context.Context, name string) {
	t.Helper()
	dir := os.Getenv("BOOTLACE_PICTURES")
	if dir == "" {
		return
	}
	for scheme, to := range map[string]string{"light": dir, "dark": filepath.Join(dir, "dark")} {
		if _, err := os.Stat(to); err != nil {
			continue
		}
		var png []byte
		do(t, ctx, emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}),
			chromedp.Sleep(200*time.Millisecond), chromedp.FullScreenshot(&png, 100))
		if err := os.WriteFile(filepath.Join(to, "screen-"+name+".png"), png, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	do(t, ctx, emulation.SetEmulatedMedia().WithFeatures(nil))
}

// await is for what a script promises.
func await(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }
