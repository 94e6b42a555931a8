// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"sync"

	"github.com/bootlace-net/bootlace/internal/udp"
	"github.com/bootlace-net/bootlace/tftpd/internal/proto"
)

// objections limits the answers to what is no request, over all sockets: who sends it may have forged where it comes from.
type objections struct {
	mu sync.Mutex
	bucket
}

func (o *objections) take(now instant) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.bucket.take(now)
}

// object tells a client that its packet was no request (RFC 1350 section 5, error 4): it gives up at once, where it would ask again
// and again else. Never is more sent than came, and nothing to what belongs into a transfer, an ERROR least of all.
func (s *Server) object(in *udp.Incoming, via *listener, on *lane) {
	b := objection(in.Buf[:in.N])
	if b == nil || in.Remote.Port() == 0 || !s.allowed(in.Remote.Addr()) || in.Broadcast && !s.Limits.Broadcasts || !s.illegal.take(s.now()) {
		return
	}
	p := (&job{via: via, on: on}).refusal()
	who, ifi := p.named(peer{remote: in.Remote, local: in.Answer}), in.Interface
	p.lane.do(func(instant) { p.lane.out.packet(p, who, ifi, b) })
}

// objection is what a packet that is no request is answered; nil: nothing.
func objection(came []byte) []byte {
	if op := proto.Opcode(came); op >= proto.OpDATA && op <= proto.OpOACK {
		return nil
	}
	for _, text := range []string{CodeIllegal.Message(), ""} {
		if b := proto.ErrorPacket(CodeIllegal, text); len(b) <= len(came) {
			return b
		}
	}
	return nil
}
