// SPDX-License-Identifier: Apache-2.0

package life

// Trigger is what can take a machine from one state to another.
type Trigger string

// The triggers. Those of orders are the words of [Verb].
const (
	TriggerBoot    Trigger = "boots"
	TriggerFile    Trigger = "asks for a file"
	TriggerKernel  Trigger = "has the kernel"
	TriggerInitrd  Trigger = "has an initrd"
	TriggerLog     Trigger = "logs"
	TriggerDone    Trigger = "says it is done"
	TriggerFailed  Trigger = "says it failed"
	TriggerSystem  Trigger = "system asks DHCP"
	TriggerProof   Trigger = "fetches the proof"
	TriggerTime    Trigger = "time goes by"
	TriggerRaised  Trigger = "generation raised"
	TriggerLowered Trigger = "generation lowered"
)
