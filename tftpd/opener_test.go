// SPDX-License-Identifier: Apache-2.0

package tftpd

import "context"

// OpenerFunc makes an Opener of a function.
type OpenerFunc func(ctx context.Context, r *Request) (Content, error)

// Open calls f.
func (f OpenerFunc) Open(ctx context.Context, r *Request) (Content, error) { return f(ctx, r) }
