// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"cmp"
	"time"
)

// ThenLocal is what [Install.Then] says for the machine's own disk.
const ThenLocal = "local"

// Install says that a profile installs a machine, how long and how often that is tried, and what comes after. A zero field says
// nothing: what is inherited counts, and then the default.
type Install struct {
	Then     string        // what the machine boots when it is done: ThenLocal, or the name of a profile
	Attempts int           // how often it may be tried for each generation of the machine
	Within   time.Duration // in which an attempt is to be done
	Success  Success       // what shows that it is done

	Pos, ThenPos Pos
}

// DefaultInstall is what holds for every field that says nothing.
func DefaultInstall() Install {
	return Install{Then: ThenLocal, Attempts: 3, Within: 2 * time.Hour, Success: Success{By: SuccessCallback}}
}

// over lays what i says over what another one says; nil says nothing.
func (i *Install) over(under *Install) *Install {
	out := *i
	if under == nil {
		return &out
	}
	if out.Then == "" {
		out.Then, out.ThenPos = under.Then, under.ThenPos
	}
	out.Attempts = cmp.Or(out.Attempts, under.Attempts)
	out.Within = cmp.Or(out.Within, under.Within)
	if out.Success.By == 0 {
		out.Success = under.Success
	}
	return &out
}

// SuccessBy is what shows that an installation is done.
type SuccessBy uint8

// The ways to know.
const (
	SuccessCallback SuccessBy = iota + 1 // the installer calls the address of done_url
	SuccessOSDHCP                        // the installed system asks DHCP for its address
	SuccessTimeout                       // nothing does: it is taken for done when its time is over
	SuccessFetch                         // the machine fetches a file
)

// Success is what shows that an installation is done.
type Success struct {
	By   SuccessBy // 0: not said
	Path string    // for SuccessFetch: the file, as machines ask for it
	Pos  Pos
}

// String gives it as YAML has it.
func (s Success) String() string {
	if s.By == SuccessFetch {
		return "fetch: " + s.Path
	}
	return [...]string{"", "callback", "os-dhcp", "timeout"}[s.By]
}

// SuccessWords lists what YAML writes as one word.
func SuccessWords() []string {
	return []string{Success{By: SuccessCallback}.String(), Success{By: SuccessOSDHCP}.String(), Success{By: SuccessTimeout}.String()}
}

// ParseSuccess reads one of SuccessWords.
func ParseSuccess(s string) (Success, bool) {
	for by := SuccessCallback; by < SuccessFetch; by++ {
		if success := (Success{By: by}); success.String() == s {
			return success, true
		}
	}
	return Success{}, false
}

// Installs reports whether a profile installs over what is on the disk.
func (p *Profile) Installs() bool { return p.Destructive || p.Install != nil }
