// SPDX-License-Identifier: Apache-2.0

//go:build !unix

package main

import "os"

// hangup does not exist here: changes of files reload.
func hangup() os.Signal { return nil }
