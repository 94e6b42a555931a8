// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/configs"
)

func newFmtCommand() *cobra.Command {
	var check bool
	cmd := &cobra.Command{
		Use:   "fmt PATH...",
		Short: "Format configuration files, keeping comments and blank lines",
		Long: `Formats YAML files in place, and all in the directories that are named (but not in templates/). Comments,
quotes, the order of keys and the text of values stay as they are; a file that cannot be formatted
without losing something is left alone and named. - formats standard input.`,
		Example: `  bootlace fmt /etc/bootlace
  bootlace fmt --check /etc/bootlace     # only list what is not formatted, and fail if there is any
  bootlace fmt - < hosts.yaml`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			f := formatter{check: check, in: cmd.InOrStdin(), out: cmd.OutOrStdout()}
			return f.paths(args)
		},
	}
	cmd.Flags().BoolVar(&check, "check", false, "change nothing; list the files that are not formatted and fail if there are any")
	return cmd
}

type formatter struct {
	check bool
	in    io.Reader
	out   io.Writer
	stale int
	errs  []error
}

func (f *formatter) paths(paths []string) error {
	for _, p := range paths {
		if p == "-" {
			f.note(p, f.stream())
			continue
		}
		f.note(p, f.walk(p))
	}
	if f.check && f.stale > 0 {
		f.errs = append(f.errs, fmt.Errorf("%d files are not formatted", f.stale))
	}
	return errors.Join(f.errs...)
}

func (f *formatter) note(path string, err error) {
	switch pe := (*fs.PathError)(nil); {
	case err == nil:
	case errors.As(err, &pe):
		f.errs = append(f.errs, err)
	default:
		f.errs = append(f.errs, fmt.Errorf("%s: %w", path, err))
	}
}

func (f *formatter) stream() error {
	src, err := io.ReadAll(f.in)
	if err != nil {
		return err
	}
	out, err := configs.Format(src)
	if err != nil {
		return err
	}
	if f.check && !bytes.Equal(src, out) {
		f.stale++
		return nil
	}
	_, err = f.out.Write(out)
	return err
}

// walk formats a file, or every YAML file below a directory.
func (f *formatter) walk(path string) error {
	return filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			if p != path && (d.Name() == "templates" || strings.HasPrefix(d.Name(), ".")) {
				return filepath.SkipDir
			}
			return nil
		case p == path || filepath.Ext(p) == ".yaml" || filepath.Ext(p) == ".yml":
			f.note(p, f.file(p))
		}
		return nil
	})
}

func (f *formatter) file(path string) error {
	src, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	out, err := configs.Format(src)
	if err != nil || bytes.Equal(src, out) {
		return err
	}
	f.stale++
	if _, err := fmt.Fprintln(f.out, path); err != nil || f.check {
		return err
	}
	return replaceFile(path, out)
}

// replaceFile puts new content in place at once, so that a running server never reads half of it.
func replaceFile(path string, content []byte) error {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".bootlace-fmt-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // gone already if all went well
	_, err = tmp.Write(content)
	if err := errors.Join(err, tmp.Chmod(info.Mode().Perm()), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}
