// SPDX-License-Identifier: Apache-2.0

package api

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
)

// ErrBroken is a stream that ended without an end.
var ErrBroken = errors.New("the appliance broke the connection")

// Follow hands on what happened to a machine, and what happens from now on, until ctx or the appliance ends (nil), take fails,
// or the connection breaks.
func (c *Client) Follow(ctx context.Context, name string, take func(Event) error) error {
	resp, err := c.send(ctx, http.MethodGet, path(name)+"/timeline?follow", nil)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }() // only read
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		switch line := lines.Text(); {
		case line == "event: end":
			return nil
		case strings.HasPrefix(line, "data: "):
			var e Event
			if err := json.Unmarshal([]byte(line[len("data: "):]), &e); err != nil {
				return err
			}
			if err := take(e); err != nil {
				return err
			}
		}
	}
	if ctx.Err() != nil {
		return nil
	}
	return ErrBroken
}
