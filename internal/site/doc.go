// SPDX-License-Identifier: Apache-2.0

// Package site is one configuration with all it refers to: a machine's plan, the file that answers a visit, and why.
//
// It opens no socket. serve, check, render and explain ask the same functions, so that what is shown is what is served.
package site
