// SPDX-License-Identifier: Apache-2.0

package boot

// MemoryNeed is what a machine needs of memory and has, and what follows from it.
type MemoryNeed struct {
	Memory
	Looked  bool // somebody wants that to be looked at, and something is needed
	Refused bool // the machine is not installed
}

// Under is what follows by a policy.
func (m Memory) Under(policy MemoryPolicy, installs bool) MemoryNeed {
	return MemoryNeed{
		Memory:  m,
		Looked:  policy != MemoryIgnore && m.Answer() != MemoryNotSaid,
		Refused: policy == MemoryRefuse && installs && m.Short(),
	}
}

// What becomes of a machine.
const (
	MemoryThenBoots   = "boots"
	MemoryThenWarned  = "warned"  // and boots after a pause
	MemoryThenRefused = "refused" // it is not installed, but goes on with its disk
)

// MemoryVerdict tells of it to people and programs.
type MemoryVerdict struct {
	Answer MemoryAnswer `json:"answer"`        // enough, too-little or unknown
	Need   int64        `json:"need"`          // in bytes
	Has    int64        `json:"has,omitempty"` // in bytes; 0: it did not say
	Why    string       `json:"why"`
	Then   string       `json:"then"` // see MemoryThenBoots
}

// Verdict gives it in words; nil where there is nothing to look at.
func (n MemoryNeed) Verdict() *MemoryVerdict {
	if !n.Looked {
		return nil
	}
	v := &MemoryVerdict{Answer: n.Answer(), Need: n.Need, Has: n.Has, Why: n.Words(), Then: MemoryThenBoots}
	switch {
	case n.Refused:
		v.Then = MemoryThenRefused
	case n.Short():
		v.Then = MemoryThenWarned
	}
	return v
}

// String gives it in a line.
func (v *MemoryVerdict) String() string {
	then := map[string]string{MemoryThenRefused: "; it is not installed, but goes on with its disk", MemoryThenWarned: "; it is warned, and boots after a pause"}
	return string(v.Answer) + ": " + v.Why + then[v.Then]
}
