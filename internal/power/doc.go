// SPDX-License-Identifier: Apache-2.0

// Package power switches machines on and off over the network, by Redfish, IPMI or Wake-on-LAN.
package power
