// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"bytes"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// Exchange is one HTTP request and what came back.
type Exchange struct {
	At, End time.Duration
	Client  netip.AddrPort
	Server  netip.AddrPort
	Method  string
	Path    string
	Headers []string // as sent
	Status  int      // 0 until the response
	Reply   []string // headers of the response
	Bytes   int      // of the response's body, packets sent again counted too
}

// flow is one direction of a connection, from the client.
type flow struct{ client, server netip.AddrPort }

// exchanges follows requests. A request's and a response's head must begin a segment and fit in it, as they do with
// every firmware and loader: none pipelines requests.
type exchanges struct {
	all  []*Exchange
	live map[flow]*Exchange
}

func (h *exchanges) add(at time.Duration, f frame) {
	if len(f.payload) == 0 {
		return
	}
	if x := parseRequest(at, f); x != nil {
		if h.live == nil {
			h.live = make(map[flow]*Exchange)
		}
		if old := h.live[flow{f.src, f.dst}]; old != nil && old.Status == 0 && old.Path == x.Path && old.Method == x.Method {
			return // the same segment again
		}
		h.all = append(h.all, x)
		h.live[flow{f.src, f.dst}] = x
		return
	}
	if x := h.live[flow{f.dst, f.src}]; x != nil {
		x.End = at
		x.response(f)
	}
}

func parseRequest(at time.Duration, f frame) *Exchange {
	lines := head(f.payload)
	first := strings.Fields(lines[0])
	if len(first) != 3 || !strings.HasPrefix(first[2], "HTTP/1.") {
		return nil
	}
	return &Exchange{At: at, End: at, Client: f.src, Server: f.dst, Method: first[0], Path: first[1], Headers: lines[1:]}
}

// head gives the lines before the empty one; at least one, maybe empty.
func head(b []byte) []string {
	h, _, _ := bytes.Cut(b[:min(len(b), 4096)], []byte("\r\n\r\n"))
	return strings.Split(string(h), "\r\n")
}

func (x *Exchange) response(f frame) {
	x.Bytes += f.size
	if x.Status != 0 || !bytes.HasPrefix(f.payload, []byte("HTTP/1.")) {
		return
	}
	lines := head(f.payload)
	if first := strings.Fields(lines[0]); len(first) >= 2 {
		x.Status, _ = strconv.Atoi(first[1])
	}
	x.Reply = lines[1:]
	x.Bytes -= len(strings.Join(lines, "\r\n")) + 4
}

func (x *Exchange) String() string {
	status := "no response"
	if x.Status != 0 {
		status = strconv.Itoa(x.Status)
	}
	return fmt.Sprintf("%s %s  %s > %s  -> %s, %d bytes in %.3f s\n          %s", printable(x.Method), quoted(x.Path), x.Client,
		x.Server, status, x.Bytes, (x.End - x.At).Seconds(), printable(strings.Join(x.Headers, " | ")))
}
