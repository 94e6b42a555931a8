// SPDX-License-Identifier: Apache-2.0

// Package daemon assembles the appliance and keeps it alive.
//
// It is the only package that knows the others. Everything long-lived is a [Task]; what the configuration says stands in
// an immutable site.Site behind one atomic pointer, and a reload swaps it only when the new one is free of errors.
package daemon
