// SPDX-License-Identifier: Apache-2.0

package main

// dhcpCase is a number of machines that wait for an offer at the same time.
type dhcpCase struct {
	name   string
	atOnce int
}

func dhcpCases() []dhcpCase {
	return []dhcpCase{{"one machine at a time", 1}, {"64 machines at once", 64}, {"1,000 machines at once", 1000}}
}
