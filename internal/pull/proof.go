// SPDX-License-Identifier: Apache-2.0

package pull

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/bootlace-net/bootlace/images/catalog"
	"github.com/bootlace-net/bootlace/images/vault"
	"github.com/bootlace-net/bootlace/internal/trust"
)

// proof is what is known of a file before it is fetched.
type proof struct {
	digest    *vault.Digest // that whoever pulls has said; nil: none
	sum       *trust.Sum    // in a list; nil: none
	list      string        // which
	signed    trust.Signed  // of the list; zero: nobody has signed it
	at        string        // where the signature of the list is
	signature []byte        // of the file itself; nil: none
	from      string        // where that is
	key       *trust.Key    // whose
	strict    bool          // nothing but its origin vouches for it
}

// proofs finds out, before anything big is fetched, what will vouch for each file.
func (p *Puller) proofs(ctx context.Context, r *Request) ([]proof, error) {
	key, err := p.key(ctx, r)
	if err != nil {
		return nil, err
	}
	lists, err := p.lists(ctx, r, key)
	if err != nil {
		return nil, err
	}
	out := make([]proof, len(r.Files))
	for i := range r.Files {
		if out[i], err = p.proofOf(ctx, r, i, key, lists); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (p *Puller) proofOf(ctx context.Context, r *Request, i int, key *trust.Key, lists *lists) (out proof, err error) {
	f := &r.Files[i]
	out.key = key
	if f.SHA256 != "" {
		d, err := vault.ParseDigest(f.SHA256)
		out.digest = &d
		return out, err
	}
	if lists.any() {
		if out.sum, out.list = lists.find(f.URL); out.sum == nil {
			return out, fmt.Errorf("%s: %w: the list %s does not name it", f.URL, ErrUnproved, lists.last())
		}
		out.signed, out.at = lists.signed, lists.at
	}
	if f.Signature != "" && key != nil {
		out.from = f.Signature
		if out.signature, err = p.small(ctx, f.Signature, maxSmall); err != nil {
			return out, err
		}
	}
	out.strict = out.signature == nil && out.signed.Scheme == ""
	if out.strict && !r.FirstUse {
		return out, fmt.Errorf("%s: %w: %s", f.URL, ErrUnproved, help(r))
	}
	return out, nil
}

// help says what would vouch.
func help(r *Request) string {
	signed := slices.ContainsFunc(r.Lists, func(l catalog.List) bool { return l.Signature != "" }) ||
		slices.ContainsFunc(r.Files, func(f catalog.File) bool { return f.Signature != "" })
	if signed {
		return "it is signed, but nothing says by whose key: --key FILE says it, --sha256 says the digest, or --trust-on-first-use takes what comes"
	}
	return "--sha256 says the digest, --signature with --key says who signed, or --trust-on-first-use takes what comes"
}

// key finds whose signatures count; nil if nobody's do.
func (p *Puller) key(ctx context.Context, r *Request) (*trust.Key, error) {
	if r.Key != nil || len(r.Keys.Fingerprints) == 0 {
		return r.Key, nil
	}
	var tried []error
	for _, from := range append(slices.Clone(r.Keys.Keyrings), r.Keys.URL...) {
		key, err := p.keyFrom(ctx, from, r.Keys.Fingerprints)
		if err == nil {
			p.note("signatures by %v count, of %s", key.IDs(), from)
			return key, nil
		}
		if remote(from) || !isMissing(err) {
			tried = append(tried, fmt.Errorf("%s: %w", from, err))
		}
	}
	return nil, fmt.Errorf("there is no key to verify it by: %w", errors.Join(append(tried, errors.New("--key FILE says which"))...))
}

// keyFrom takes those keys out of a file that have the right fingerprints: it may have come from anywhere.
func (p *Puller) keyFrom(ctx context.Context, from string, fingerprints []string) (*trust.Key, error) {
	b, err := p.small(ctx, from, maxSmall)
	if err != nil {
		return nil, err
	}
	key, err := trust.ParseKey(b)
	if err != nil {
		return nil, err
	}
	return key.Only(fingerprints)
}
