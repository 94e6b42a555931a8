// SPDX-License-Identifier: Apache-2.0

// Package pull fetches images into a vault, and lets in only what can be vouched for.
package pull
