// SPDX-License-Identifier: Apache-2.0

package pull

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/bootlace-net/bootlace/images/catalog"
	"github.com/bootlace-net/bootlace/internal/trust"
)

// lists are digests that somebody has signed: the first list is signed, and the digest of each other one is in the one before.
type lists struct {
	all    []read
	signed trust.Signed // zero: nobody has
	at     string       // where the signature is
}

// read is one list.
type read struct {
	from string
	sums []trust.Sum
}

func (l *lists) any() bool { return len(l.all) > 0 }

func (l *lists) last() string { return l.all[len(l.all)-1].from }

// lists reads and verifies them.
func (p *Puller) lists(ctx context.Context, r *Request, key *trust.Key) (*lists, error) {
	l := &lists{}
	for i, from := range r.Lists {
		b, err := p.small(ctx, from.URL, maxList)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			b, err = l.sign(ctx, p, b, from, key)
		} else {
			err = l.vouch(b, from.URL)
		}
		if err != nil {
			return nil, fmt.Errorf("list %s: %w", from.URL, err)
		}
		if err := p.fresh(r, b, from.URL); err != nil {
			return nil, fmt.Errorf("list %s: %w", from.URL, err)
		}
		sums, err := trust.ParseSums(b)
		if err != nil {
			return nil, fmt.Errorf("list %s: %w", from.URL, err)
		}
		l.all = append(l.all, read{from.URL, sums})
	}
	if l.signed.Scheme != "" {
		p.note("%s is signed by %s (%s)", r.Lists[0].URL, l.signed.Key, l.signed.By)
	}
	return l, nil
}

// fresh refuses a list whose time is over, which somebody may give out in the place of a newer one.
func (p *Puller) fresh(r *Request, list []byte, from string) error {
	until, err := trust.ValidUntil(list)
	now := time.Now
	if p.Now != nil {
		now = p.Now
	}
	if err == nil && !until.IsZero() && now().After(until) {
		err = fmt.Errorf("%w: it was to be believed until %s, and now is %s: the mirror is behind, or somebody hides a newer one; or the clock here is wrong",
			ErrExpired, until.UTC().Format(time.DateTime), now().UTC().Format(time.DateTime))
	}
	if err != nil && r.Expired {
		p.note("%s: taken all the same, as --allow-expired says: %v", from, err)
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w (--allow-expired takes it all the same)", err)
	}
	return nil
}

// sign verifies the first list. Without a key it is only a list.
func (l *lists) sign(ctx context.Context, p *Puller, b []byte, from catalog.List, key *trust.Key) (text []byte, err error) {
	if key == nil {
		return b, nil
	}
	l.at = from.Signature
	if from.Signature == "" {
		l.at = from.URL
		text, l.signed, err = key.Inline(b)
		return text, err
	}
	sig, err := p.small(ctx, from.Signature, maxSmall)
	if err == nil {
		l.signed, err = key.Verify(bytes.NewReader(b), sig)
	}
	return b, err
}

// vouch checks a later list by the one before.
func (l *lists) vouch(b []byte, from string) error {
	sum, before := l.find(from)
	if sum == nil {
		return fmt.Errorf("%w: the list %s does not name it", ErrUnproved, l.last())
	}
	h := sum.New()
	_, _ = h.Write(b) // a hash takes everything
	if !sum.Fits(h) {
		return fmt.Errorf("its bytes are sha256:%x, and %s says %s: it was replaced meanwhile, or forged", sha256.Sum256(b), before, sum)
	}
	return nil
}

// find looks a file up in the last list: by its address, to which names in a list are relative; for a list or a file that is not on
// a server, by its base name alone.
func (l *lists) find(address string) (*trust.Sum, string) {
	last := &l.all[len(l.all)-1]
	for i := range last.sums {
		if s := &last.sums[i]; names(last.from, s.Name, address) || s.Name == "" && len(last.sums) == 1 {
			return s, last.from
		}
	}
	return nil, ""
}

func names(list, name, address string) bool {
	if !remote(list) || !remote(address) {
		return path.Base(name) == path.Base(strings.ReplaceAll(address, `\`, "/"))
	}
	base, err := url.Parse(list)
	file, ferr := url.Parse(address)
	if err != nil || ferr != nil || base.Host != file.Host || base.Scheme != file.Scheme {
		return false
	}
	return path.Join(path.Dir(base.Path), name) == path.Clean(file.Path)
}

func isMissing(err error) bool { return errors.Is(err, fs.ErrNotExist) }
