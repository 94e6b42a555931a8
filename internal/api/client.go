// SPDX-License-Identifier: Apache-2.0

package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// Client asks an appliance.
type Client struct {
	base  string // without a slash at its end
	token string
	http  *http.Client
}

// mostAnswer bounds what is read of one answer.
const mostAnswer = 64 << 20

// errAddress says what addresses there are.
const errAddress = "%s: expected https://HOST:PORT, http://HOST:PORT or unix:///PATH"

// Dial makes a client of an appliance's address: https://HOST:PORT, http://HOST:PORT or unix:///PATH. Nothing is sent yet.
func Dial(server string, login Login) (*Client, error) {
	u, err := url.Parse(server)
	if err != nil {
		return nil, fmt.Errorf(errAddress, server)
	}
	t := &http.Transport{ResponseHeaderTimeout: writeTimeout, MaxResponseHeaderBytes: mostHeader, Proxy: http.ProxyFromEnvironment}
	c := &Client{http: &http.Client{Transport: t, CheckRedirect: noRedirects}, token: login.Token}
	if t.TLSClientConfig, err = login.tls(u.Hostname()); err != nil {
		return nil, err
	}
	switch {
	case u.Scheme == "unix" && u.Host == "" && u.Path != "":
		path := u.Path
		t.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, "unix", path)
		}
		c.base = "http://bootlace"
	case u.Scheme == "http" && u.Host != "" && login.Token != "":
		return nil, fmt.Errorf("%s: a token is not sent where everybody can read it: expected https://", server)
	case (u.Scheme == "http" || u.Scheme == "https") && u.Host != "":
		c.base = strings.TrimRight(u.Scheme+"://"+u.Host+u.Path, "/")
	default:
		return nil, fmt.Errorf(errAddress, server)
	}
	c.base += Prefix
	return c, nil
}

// List gives one page of the machines that are asked for.
func (c *Client) List(ctx context.Context, q Query) (Page, error) {
	var p Page
	return p, c.do(ctx, http.MethodGet, "/machines?"+q.values().Encode(), nil, &p)
}

// All gives all machines that are asked for, page after page.
func (c *Client) All(ctx context.Context, q Query) ([]Machine, error) {
	all := []Machine{}
	for {
		p, err := c.List(ctx, q)
		if err != nil {
			return nil, err
		}
		all = append(all, p.Machines...)
		if p.Next == "" || p.Next <= q.After { // a server that turns in circles is not followed
			return all, nil
		}
		q.After = p.Next
	}
}

// Machine shows one.
func (c *Client) Machine(ctx context.Context, name string) (Machine, error) {
	var m Machine
	return m, c.do(ctx, http.MethodGet, path(name), nil, &m)
}

// Timeline gives what happened to a machine so far.
func (c *Client) Timeline(ctx context.Context, name string) (Timeline, error) {
	var t Timeline
	return t, c.do(ctx, http.MethodGet, path(name)+"/timeline", nil, &t)
}

// Waiting lists the machines that wait for a decision.
func (c *Client) Waiting(ctx context.Context) (Waiters, error) {
	var w Waiters
	return w, c.do(ctx, http.MethodGet, "/waiting", nil, &w)
}

// Adopt makes a host of the machine that waits with a code.
func (c *Client) Adopt(ctx context.Context, code string, a Adoption) (Adopted, error) {
	var done Adopted
	return done, c.do(ctx, http.MethodPost, "/waiting/"+url.PathEscape(code)+"/adopt", a, &done)
}

// ReleaseAll ends the doubt whether what is stored of machines is the newest there was.
func (c *Client) ReleaseAll(ctx context.Context) (Change, error) {
	var ch Change
	return ch, c.do(ctx, http.MethodPost, "/release", nil, &ch)
}

// Order asks for something to be done. The profile is that of Next; an empty one takes the last back.
func (c *Client) Order(ctx context.Context, name string, verb Verb, profile string) (Change, error) {
	var ch Change
	body := map[string]string{}
	if verb == Next {
		body["profile"] = profile
	}
	return ch, c.do(ctx, http.MethodPost, path(name)+"/"+string(verb), body, &ch)
}

func path(name string) string { return "/machines/" + url.PathEscape(name) }

// UnreachableError is an appliance that does not answer.
type UnreachableError struct{ Err error }

// Error gives what the system said.
func (e *UnreachableError) Error() string { return e.Err.Error() }

// Unwrap gives it too.
func (e *UnreachableError) Unwrap() error { return e.Err }

// do sends one request and reads its answer.
func (c *Client) do(ctx context.Context, method, path string, body, to any) error {
	resp, err := c.send(ctx, method, path, body)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }() // only read
	return json.NewDecoder(io.LimitReader(resp.Body, mostAnswer)).Decode(to)
}

// send gives the answer if it is no problem.
func (c *Client) send(ctx context.Context, method, path string, body any) (*http.Response, error) {
	var b []byte
	if body != nil {
		b, _ = json.Marshal(body) // a map of texts can be written
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, unreachable(err)
	}
	if resp.StatusCode != http.StatusOK {
		defer func() { _ = resp.Body.Close() }() // only read
		return nil, problemIn(resp)
	}
	return resp, nil
}

// unreachable leaves out the address that only our own transport knows.
func unreachable(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return &UnreachableError{err}
}

// problemIn reads an error, of the appliance or of what answers in its place.
func problemIn(resp *http.Response) error {
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")) // none: no problem either
	p := problem(resp.StatusCode, "")
	if kind != "application/problem+json" || json.NewDecoder(io.LimitReader(resp.Body, mostBody)).Decode(p) != nil || p.Detail == "" {
		return problem(resp.StatusCode, fmt.Sprintf("the server answers %s: is it a bootlace?", excerpt(resp.Status)))
	}
	p.Detail = boot.Excerpt(p.Detail, longestMessage)
	return p
}
