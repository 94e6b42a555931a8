// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"errors"
	"io/fs"
	"os"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/diskfile"
)

// Owner finds the image whose file a name NAME/PATH would be, and the path inside it; nil if there is none. Where there are images
// debian/12 and debian/12/arm64, all that begins with debian/12/arm64/ is the latter's.
func (v *Vault) Owner(name string) (*Manifest, string) {
	segs := strings.SplitN(name, "/", 4)
	for n := min(len(segs)-1, 3); n >= 2; n-- {
		of := strings.Join(segs[:n], "/")
		if m := v.Image(of); m != nil {
			return m, name[len(of)+1:]
		}
	}
	return nil, ""
}

// Path is where the bytes of the file NAME/PATH are on the disk; "" if there is none.
func (v *Vault) Path(name string) string {
	m, path := v.Owner(name)
	if m == nil || m.File(path) == nil {
		return ""
	}
	return v.blob(m.File(path).Source.Blob)
}

// Open opens the file NAME/PATH of an image. The error is fs.ErrNotExist where there is none, and a [RotError] where its bytes are
// not any more what they were.
func (v *Vault) Open(name string) (boot.File, error) {
	m, path := v.Owner(name)
	if m == nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	f := m.File(path)
	if f == nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return v.OpenFile(f)
}

// OpenFile opens a file of a manifest.
func (v *Vault) OpenFile(f *File) (boot.File, error) {
	file, err := os.Open(v.blob(f.Source.Blob))
	if err != nil {
		return nil, &RotError{Blob: f.Source.Blob, Err: withoutPath(err)}
	}
	info, err := v.vouch(f.Source.Blob, file)
	if err == nil {
		err = f.within(info.Size())
	}
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	o := opened{diskfile.New(file, info), "sha256-" + f.Digest.Hex()}
	if f.Source.Extents == nil {
		return o, nil
	}
	return newPieces(o, f), nil
}

// withoutPath drops the path from an error: what fails is told to those who ask for files, too.
func withoutPath(err error) error {
	if pe, ok := err.(*fs.PathError); ok { //nolint:errorlint // as os gives it
		return pe.Err
	}
	return err
}

// plain is withoutPath, in which what does not exist reads the same everywhere.
func plain(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fs.ErrNotExist
	}
	return withoutPath(err)
}

// opened is a blob whose version is its digest.
type opened struct {
	*diskfile.File
	version string
}

// Version is the same for the same bytes, in every vault.
func (o opened) Version() string { return o.version }

// Names lists the files of all images, as machines ask for them.
func (v *Vault) Names() (names []string) {
	list, _ := v.List()
	for _, m := range list {
		for _, f := range m.Files {
			names = append(names, m.Name+"/"+f.Path)
		}
	}
	return names
}
