// SPDX-License-Identifier: Apache-2.0

// Package logins says who asks the API over a network, and what they may do.
package logins
