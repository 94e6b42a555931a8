// SPDX-License-Identifier: Apache-2.0

// Package privileges takes up the rights that a process was given, and gives up what only root may do, once it is done.
package privileges
