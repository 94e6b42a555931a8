// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"io"
	"net/http"
	"net/url"

	"github.com/bootlace-net/bootlace/internal/site"
)

// Plan is what a machine boots by the configuration, why, and how.
type Plan = site.Explanation

// Findings are what is wrong with the configuration, or doubtful.
type Findings = site.Findings

// Plan gives what a machine boots.
func (c *Client) Plan(ctx context.Context, name string) (Plan, error) {
	var p Plan
	return p, c.do(ctx, http.MethodGet, path(name)+"/plan", nil, &p)
}

// Files lists what is rendered for a machine.
func (c *Client) Files(ctx context.Context, name string) (RenderedFiles, error) {
	var f RenderedFiles
	return f, c.do(ctx, http.MethodGet, path(name)+"/files", nil, &f)
}

// File gives one of these, by its path there.
func (c *Client) File(ctx context.Context, name, file string) (string, error) {
	resp, err := c.send(ctx, http.MethodGet, path(name)+"/files/"+(&url.URL{Path: file}).EscapedPath(), nil)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }() // only read
	b, err := io.ReadAll(io.LimitReader(resp.Body, mostAnswer))
	return string(b), err
}

// Profiles lists those of the configuration, and who uses them.
func (c *Client) Profiles(ctx context.Context) (Profiles, error) {
	var p Profiles
	return p, c.do(ctx, http.MethodGet, "/profiles", nil, &p)
}

// Images lists those that are here.
func (c *Client) Images(ctx context.Context) (Images, error) {
	var i Images
	return i, c.do(ctx, http.MethodGet, "/images", nil, &i)
}

// Findings gives what is wrong with the configuration.
func (c *Client) Findings(ctx context.Context) (Findings, error) {
	var f Findings
	return f, c.do(ctx, http.MethodGet, "/findings", nil, &f)
}

// Network gives what was seen of others that answer DHCP or hand it on.
func (c *Client) Network(ctx context.Context) (Network, error) {
	var n Network
	return n, c.do(ctx, http.MethodGet, "/network", nil, &n)
}

// Throughput gives what machines were sent in the last day.
func (c *Client) Throughput(ctx context.Context) (Throughput, error) {
	var t Throughput
	return t, c.do(ctx, http.MethodGet, "/throughput", nil, &t)
}
