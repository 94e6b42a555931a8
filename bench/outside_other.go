// SPDX-License-Identifier: Apache-2.0

//go:build !linux

package main

import (
	"context"
	"errors"
	"io"
)

var errLinux = errors.New("the benchmark runs on Linux only: it needs network namespaces, recvmmsg and /proc")

func outside(context.Context, *options, []string, io.Writer, io.Writer) error { return errLinux }
func benchmark(context.Context, *options, io.Writer) error                    { return errLinux }
func enter([]string) error                                                    { return errLinux }
func settle() error                                                           { return errLinux }
