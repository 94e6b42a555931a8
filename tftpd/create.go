// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"context"
	"errors"
	"io/fs"

	"github.com/bootlace-net/bootlace/tftpd/internal/proto"
)

var (
	errMail = &Error{CodeIllegal, errors.New("mode mail is not served")}
	errOff  = &Error{CodeAccess, errors.New("uploads are off")}
)

// prepareUpload opens a place for what the client wants to send. drop gives it up.
func (s *Server) prepareUpload(j *job) (t *transfer, drop func(), err error) {
	g := s.negotiate(&j.req, -1, 0)
	file, err := s.create(&j.req, g.Size)
	if err != nil {
		return nil, nil, err
	}
	u := &upload{file: file}
	limits := s.introduce(&u.transfer, u, j, g)
	if j.req.Mode == Netascii {
		u.decode = &proto.NetasciiDecoder{}
	}
	u.Receiver = proto.NewReceiver(proto.ReceiverSettings{Grant: u.grant, Timer: limits, Silence: int64(s.Silence)})
	return &u.transfer, func() { s.discard(file) }, nil
}

func (s *Server) create(r *Request, size int64) (Upload, error) {
	switch {
	case r.Mode == proto.Mail:
		return nil, errMail
	case s.Storer == nil:
		return nil, errOff
	case r.Name == "":
		return nil, fs.ErrPermission
	}
	ctx, cancel := context.WithTimeout(s.ctx, s.OpenTimeout)
	defer cancel()
	return s.Storer.Create(ctx, r, size)
}
