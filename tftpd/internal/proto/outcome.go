// SPDX-License-Identifier: Apache-2.0

package proto

// Outcome is how a transfer ended.
type Outcome uint8

// The outcomes; zero means it goes on.
const (
	Complete    Outcome = iota + 1 // every block was acknowledged
	Unconfirmed                    // everything was sent, the last ACK never came
	Probed                         // the client wanted the size only
	Aborted                        // the client ended it with an ERROR
	Superseded                     // the client asked for something else from the same port
	Unanswered                     // the client never answered the first reply
	TimedOut                       // the client fell silent
	Unreadable                     // the content could not be read, or changed meanwhile
	Refused                        // the request was answered with an ERROR
	Unwritable                     // an upload could not be stored
	Stopped                        // the server ended
	Evicted                        // its place was needed for a client that answers
)

// Good says that nothing is wrong with this outcome.
func (o Outcome) Good() bool {
	return o == Complete || o == Unconfirmed || o == Probed || o == Superseded
}

// String says it in words an operator understands.
func (o Outcome) String() string {
	switch o {
	case Complete:
		return "complete"
	case Unconfirmed:
		return "complete, last ACK never came, normal for some clients"
	case Probed:
		return "size probe, normal"
	case Aborted:
		return "client aborted"
	case Superseded:
		return "client asked again from the same port"
	case Unanswered:
		return "client never answered the first reply"
	case TimedOut:
		return "client fell silent"
	case Unreadable:
		return "content could not be read"
	case Refused:
		return "refused"
	case Unwritable:
		return "upload could not be stored"
	case Stopped:
		return "server stopped"
	case Evicted:
		return "never answered, gave way to another client"
	default:
		return "running"
	}
}

// Label is the outcome as a metric label; it stays the same between versions.
func (o Outcome) Label() string {
	return [...]string{"running", "complete", "unconfirmed", "probed", "aborted", "superseded", "unanswered", "timed_out",
		"unreadable", "refused", "unwritable", "stopped", "evicted"}[o]
}
