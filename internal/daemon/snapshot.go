// SPDX-License-Identifier: Apache-2.0

package daemon

// snapshot is everything a configuration says, made once and never changed.
type snapshot struct {
	plans planner
	menus renderer
}
