// SPDX-License-Identifier: Apache-2.0

package screen

import (
	"crypto/rand"
	"crypto/sha256"
	"sync"
	"time"

	"github.com/bootlace-net/bootlace/internal/api"
	"github.com/bootlace-net/bootlace/internal/logins"
)

// Bounds of sessions. A restart ends all of them.
const (
	longestSession = 12 * time.Hour // one day's work
	mostSessions   = 1000           // the oldest gives way
)

// sessions are those who have logged in. Only digests of the cookies are kept.
type sessions struct {
	now func() time.Time

	mu    sync.Mutex
	known map[[sha256.Size]byte]session
}

type session struct {
	user  string
	proof [sha256.Size]byte
	began time.Time
}

// begin gives the cookie of somebody whose password was right.
func (s *sessions) begin(user string, door Door) (secret string, ok bool) {
	who, ok := door.Session(user)
	if !ok {
		return "", false
	}
	secret = rand.Text() // 130 bits
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil {
		s.known = make(map[[sha256.Size]byte]session)
	}
	s.tidy()
	s.known[sha256.Sum256([]byte(secret))] = session{user, who.Proof, s.now()}
	return secret, true
}

// tidy makes room for one.
func (s *sessions) tidy() {
	var oldest [sha256.Size]byte
	for id, one := range s.known {
		if s.over(one) {
			delete(s.known, id)
		} else if first, ok := s.known[oldest]; !ok || one.began.Before(first.began) {
			oldest = id
		}
	}
	if len(s.known) >= mostSessions {
		delete(s.known, oldest)
	}
}

func (s *sessions) over(one session) bool { return s.now().Sub(one.began) >= longestSession }

// find says whose a cookie is. Who was removed, or has got another password, is nobody; a role that was changed is the new one.
func (s *sessions) find(secret string, door Door) (api.Caller, bool) {
	s.mu.Lock()
	one, ok := s.known[sha256.Sum256([]byte(secret))]
	s.mu.Unlock()
	if !ok || s.over(one) {
		return api.Caller{}, false
	}
	who, ok := door.Session(one.user)
	if !ok || who.Proof != one.proof {
		return api.Caller{}, false
	}
	return api.Caller(who.Caller), true
}

func (s *sessions) end(secret string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.known, sha256.Sum256([]byte(secret)))
}

var _ Door = (*logins.Door)(nil)
