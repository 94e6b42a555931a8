// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"context"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/api"
	"github.com/bootlace-net/bootlace/internal/machines/life"
	"github.com/bootlace-net/bootlace/internal/machines/lives"
)

// orders follows api.Lives.
type orders struct{ lives *lives.Lives }

var _ api.Lives = orders{}

// Life follows api.Lives.
func (o orders) Life(p boot.Plan) (api.Standing, error) {
	m := lives.Of(p)
	record, status, err := o.lives.Life(m)
	if err != nil && !m.Desired.Installs { // it boots as the configuration says all the same
		err = nil
	}
	return api.Standing{Desired: m.Desired, Record: record, Status: status}, err
}

// Order follows api.Lives.
func (o orders) Order(ctx context.Context, p boot.Plan, order life.Order) (life.Result, error) {
	return o.lives.Order(ctx, lives.Of(p), order)
}
