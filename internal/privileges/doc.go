// SPDX-License-Identifier: Apache-2.0

// Package privileges gives up what only root may do, once it is done.
package privileges
