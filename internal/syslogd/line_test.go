// SPDX-License-Identifier: Apache-2.0

package syslogd

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestParse: what each sender writes, byte by byte.
func TestParse(t *testing.T) {
	long := strings.Repeat("x", 1<<13)
	for _, tt := range []struct {
		what, datagram string
		want           []Line
	}{
		{"iPXE", "<6>ipxe: Configuring (net0 52:54:00:12:34:56)...... ok", []Line{
			{Form: IPXE, Severity: 6, Program: "ipxe", Text: "Configuring (net0 52:54:00:12:34:56)...... ok"}}},
		{"iPXE that knows its name", "<6>node1.example.com ipxe: net0: 10.0.0.5/255.255.255.0 gw 10.0.0.1", []Line{
			{Form: IPXE, Severity: 6, Host: "node1.example.com", Program: "ipxe", Text: "net0: 10.0.0.5/255.255.255.0 gw 10.0.0.1"}}},
		{"iPXE with an empty line", "<6>ipxe: ", nil},
		{"colours", "<6>ipxe: \x1b[1miPXE\x1b[m 1.21.1 -- \x1b[37m\x1b[44mOpen Source\x1b[0m", []Line{{Form: IPXE, Severity: 6, Program: "ipxe", Text: "iPXE 1.21.1 -- Open Source"}}},
		{"a progress with backspaces", "<6>ipxe: boot.ipxe... 10%\b\b\b20%\b\b\b\b ok", []Line{{Form: IPXE, Severity: 6, Program: "ipxe", Text: "boot.ipxe... ok"}}},

		{"logger --rfc3164", "<13>Oct  1 07:08:09 vm root[1234]: hello  world", []Line{{Form: BSD, Severity: 5, Host: "vm", Program: "root", Text: "hello  world"}}},
		{"busybox syslogd", "<13>Jan  1 00:00:00 root: hello\n", []Line{{Form: BSD, Severity: 5, Program: "root", Text: "hello"}}},
		{"Debian's installer", "<30>Oct  1 07:08:09 anna[2010]: DEBUG: retrieving libc6-udeb 2.41", []Line{
			{Form: BSD, Severity: 6, Program: "anna", Text: "DEBUG: retrieving libc6-udeb 2.41"}}},
		{"its kernel", "<6>Oct  1 07:08:09 kernel: [    0.000000] Linux version 6.12", []Line{{Form: BSD, Severity: 6, Program: "kernel", Text: "[    0.000000] Linux version 6.12"}}},
		{"rsyslog", "<31>2026-10-01T07:08:09.123456+02:00 localhost anaconda[1553]: core: starting", []Line{
			{Form: BSD, Severity: 7, Host: "localhost", Program: "anaconda", Text: "core: starting"}}},
		{"no program", "<11>Oct  1 07:08:09 host has no program", []Line{{Form: BSD, Severity: 3, Text: "host has no program"}}},
		{"an ipxe that has a clock is a program of Linux", "<13>Oct  1 07:08:09 ipxe: x", []Line{{Form: BSD, Severity: 5, Program: "ipxe", Text: "x"}}},
		{"nothing but a priority", "<13>", nil},
		{"only text", "<13>text", []Line{{Form: BSD, Severity: 5, Text: "text"}}},
		{"several lines", "<13>Oct  1 07:08:09 x: one\ntwo\r\n\n three\x00", []Line{
			{Form: BSD, Severity: 5, Program: "x", Text: "one"}, {Form: BSD, Severity: 5, Program: "x", Text: "two"}, {Form: BSD, Severity: 5, Program: "x", Text: "three"}}},

		{"logger", `<13>1 2026-10-01T07:08:09.123456+00:00 vm root 12 - [timeQuality tzKnown="1" isSynced="0"] hello`, []Line{
			{Form: RFC5424, Severity: 5, Host: "vm", Program: "root", Text: "hello"}}},
		{"nothing but text", "<165>1 - - - - - - \ufeffwords", []Line{{Form: RFC5424, Severity: 5, Text: "words"}}},
		{"quotes in data", `<165>1 - h evntslog - ID47 [a x="]\"]"][b y="\\"] An event`, []Line{{Form: RFC5424, Severity: 5, Host: "h", Program: "evntslog", Text: "An event"}}},
		{"data that does not end", `<165>1 - h p - - [a x="] text`, []Line{{Form: BSD, Severity: 5, Text: `1 - h p - - [a x="] text`}}},
		{"another version", "<165>2 - h p: x", []Line{{Form: BSD, Severity: 5, Text: "2 - h p: x"}}},

		{"netconsole", "[    1.234567] e1000: eth0 NIC Link is Up 1000 Mbps\n", []Line{{Severity: 5, Text: "[    1.234567] e1000: eth0 NIC Link is Up 1000 Mbps"}}},
		{"netconsole, extended", "6,444,501151268,-;netconsole: network logging started\n SUBSYSTEM=net\n DEVICE=+net:eth0\n", []Line{
			{Form: Kernel, Severity: 6, Program: "kernel", Text: "netconsole: network logging started"}}},
		{"with the kernel's release", "6.4.0-rc1,3,444,501151268,-,caller=T1;oops\\x0aat\\x09a place\n", []Line{
			{Form: Kernel, Severity: 3, Program: "kernel", Text: "oops"}, {Form: Kernel, Severity: 3, Program: "kernel", Text: "at a place"}}},
		{"a number and a semicolon", "6,x;y", []Line{{Severity: 5, Text: "6,x;y"}}},
		{"a part of what is too much", "6,1,2,-,ncfrag=0/99999;x", []Line{{Severity: 5, Text: "6,1,2,-,ncfrag=0/99999;x"}}},
		{"a part beyond the end", "6,1,2,-,ncfrag=3/4;xx", []Line{{Severity: 5, Text: "6,1,2,-,ncfrag=3/4;xx"}}},

		{"a priority that is none", "<192>x: y", []Line{{Severity: 5, Text: "<192>x: y"}}},
		{"", "", nil},
		{"only white space and colours", " \t\r\n\x1b[2J\x1b[", nil},
		{"a title of a window", "a\x1b]0;title\ab\x1bPq\x1b\\c\x1b7d", []Line{{Severity: 5, Text: "abcd"}}},
		{"characters of several bytes", "é\bä\x1bö\x1b[1mü", []Line{{Severity: 5, Text: "äöü"}}},
		{"a long line", long, []Line{{Severity: 5, Text: long[:mostText] + "…"}}},
		{"a long name", "<13>" + long + ": x", []Line{{Form: BSD, Severity: 5, Text: long[:mostText] + "…"}}},
	} {
		t.Run(tt.what, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, Parse([]byte(tt.datagram), nil), cmpopts.IgnoreUnexported(Line{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestPieces: the parts of a long message of the kernel are one line; what is lost is not waited for.
func TestPieces(t *testing.T) {
	const (
		first  = "6,416,1758426,-,ncfrag=0/31;the first chunk,"
		second = "6,416,1758426,-,ncfrag=16/31; the 2nd chunk."
		other  = "4,417,1758427,-;whole"
	)
	for _, tt := range []struct {
		what      string
		datagrams []string
		want      []string
	}{
		{"in order", []string{first, second}, []string{"the first chunk, the 2nd chunk."}},
		{"the first is lost", []string{second, other}, []string{"the 2nd chunk.", "whole"}},
		{"the second is lost", []string{first, other}, []string{"the first chunk,", "whole"}},
		{"the second of another", []string{first, "6,500,1,-,ncfrag=16/31; the 2nd chunk."}, []string{"the first chunk,", "the 2nd chunk."}},
		{"twice", []string{first, first, second}, []string{"the first chunk,", "the first chunk, the 2nd chunk."}},
		{"a dictionary in parts", []string{"6,1,1,-,ncfrag=0/9;text\n", "6,1,1,-,ncfrag=5/9; A=b"}, []string{"text"}},
	} {
		t.Run(tt.what, func(t *testing.T) {
			var p pieces
			var got []string
			for _, d := range tt.datagrams {
				var whole []Line
				for _, l := range Parse([]byte(d), nil) {
					whole = p.add(l, whole)
				}
				for _, l := range whole {
					got = append(got, l.Text)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// FuzzParse: no bytes do harm. Lines are bounded in number and size, and have nothing in them that a terminal would obey but what
// its reader makes safe.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"<6>ipxe: x", "<13>Oct  1 07:08:09 vm root[1]: x", `<13>1 - h p - - [a b="c"] x`, "6,1,2,-,ncfrag=0/31;x", "6.4,6,1,2,c;\\x1b[2J", "\x1b]", "<1", "\b\b", "<13>\xff\xfe: \xff"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var p pieces
		var whole []Line
		for _, l := range Parse(b, nil) {
			whole = p.add(l, whole)
		}
		if whole = p.flush(whole); len(whole) > mostLines {
			t.Fatalf("%d lines", len(whole))
		}
		for _, l := range whole {
			if l.Text == "" || len(l.Text) > mostText+len("…") || len(l.Program) > mostOfAName+3 || len(l.Host) > mostOfAName+3 {
				t.Errorf("%+v", l)
			}
			for _, s := range []string{l.Text, l.Program, l.Host} {
				if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
					t.Errorf("%q has bytes that no screen should see", s)
				}
				if utf8.Valid(b) && !bytes.Contains(b, []byte(`\x`)) && !utf8.ValidString(s) {
					t.Errorf("%q breaks a character", s)
				}
			}
			_ = l.words()
		}
	})
}
