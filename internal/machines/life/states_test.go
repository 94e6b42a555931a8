// SPDX-License-Identifier: Apache-2.0

package life

// trigger names what happened as the table of transitions does.
func trigger(e Event) Trigger {
	switch {
	case e.Kind == Sent && e.Path != "":
		return TriggerProof
	case e.Kind == Sent && e.What == EvidenceKernel:
		return TriggerKernel
	case e.Kind == Sent && e.What == EvidenceInitrd:
		return TriggerInitrd
	case e.Kind == Sent:
		return ""
	}
	return map[Kind]Trigger{
		Requested: TriggerBoot, Asked: TriggerFile, Logged: TriggerLog, Reported: TriggerDone, Complained: TriggerFailed,
		SystemSeen: TriggerSystem, Ticked: TriggerTime,
	}[e.Kind]
}

// reload looks at what a new configuration changes.
func (w *world) reload(app int, before Desired) {
	a := &w.apps[app]
	r, _, err := w.store.load()
	if w.saw == nil || err != nil {
		return
	}
	on := TriggerRaised
	if a.want.Generation < before.Generation {
		on = TriggerLowered
	}
	w.saw(Derive(before, r, a.sight).State, on, Derive(a.want, r, a.sight).State)
}
