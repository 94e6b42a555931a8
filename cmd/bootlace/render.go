// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/site"
)

func newRenderCommand() *cobra.Command {
	var p place
	var m machine
	var r renderer
	cmd := &cobra.Command{
		Use:   "render [NAME]",
		Short: "Print what a machine gets for a name, or write its whole tree to a directory",
		Long: `Renders what 'bootlace serve' would send. With a NAME (boot.ipxe, pxelinux.cfg/default, grub.cfg,
preseed.cfg, …) the file goes to standard output; without one, everything that is rendered for the machine
goes to the directory of --output, and its names to standard output. --all-hosts does that for every host,
each in a directory of its name: kept in git, it shows what a change of the configuration does. What an earlier
run wrote there, by the list in ` + renderedList + `, and this one does not is removed.`,
		Example: `  bootlace render --config /etc/bootlace --mac 52:54:00:12:34:56 boot.ipxe
  bootlace render --config /etc/bootlace --host node1 --arch uefi-arm64 --output /tmp/node1
  bootlace render --config /etc/bootlace --all-hosts --no-secrets --output golden && git diff golden`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			app, err := p.open(cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			r.app, r.out = app, cmd.OutOrStdout()
			return r.run(&m, args)
		},
	}
	p.addFlags(cmd.Flags())
	m.addFlags(cmd.Flags())
	cmd.Flags().StringVarP(&r.dir, "output", "o", "", "directory to write the tree to")
	cmd.Flags().BoolVar(&p.over.NoSecrets, "no-secrets", false, "write SECRET NAME where a secret would stand: what is kept in git must not hold any")
	cmd.Flags().BoolVar(&r.all, "all-hosts", false, "render the trees of all hosts")
	return cmd
}

type renderer struct {
	app *site.Site
	out io.Writer
	dir string
	all bool

	wrote []string // below dir, with slashes
}

func (r *renderer) run(m *machine, args []string) error {
	switch {
	case len(args) > 0 && (r.all || r.dir != ""):
		return usageError(errors.New("a NAME goes to standard output: leave out --output and --all-hosts, or the NAME"))
	case len(args) == 0 && r.dir == "":
		return usageError(errors.New("say the NAME of a file, or --output DIR for the whole tree"))
	case r.all:
		return r.hosts(m)
	}
	c, err := m.client(r.app)
	if err != nil {
		return err
	}
	if len(args) > 0 {
		return r.one(m, c, args[0])
	}
	return r.tree(m, c, r.dir)
}

// one prints one file.
func (r *renderer) one(m *machine, c boot.Client, asked string) error {
	name, err := boot.ParseName(asked)
	if err != nil {
		return usageError(fmt.Errorf("%s: %w", asked, err))
	}
	if name.Machine.IsZero() {
		name = name.For(c.MAC)
	}
	server, err := m.serverAddr()
	if err != nil {
		return err
	}
	p := r.app.Plan(c)
	f, err := r.app.File(r.app.Visit(name, p.Client, server), p)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: this machine has no such file (%s), and it does not exist in %s", asked, p.Reason(), r.app.ImagesDir())
	case err != nil:
		return fmt.Errorf("%s: %w", asked, err)
	}
	defer func() { _ = f.Close() }() // only read
	_, err = io.Copy(r.out, io.NewSectionReader(f, 0, f.Size()))
	return err
}

// hosts writes the tree of every host. A failure does not keep the others from being written.
func (r *renderer) hosts(m *machine) error {
	root, err := makeRoot(r.dir)
	if err != nil {
		return err
	}
	var errs []error
	for _, h := range r.app.Catalog.Hosts() {
		of := *m
		of.host = h.Name
		c, err := of.client(r.app)
		if err == nil {
			err = r.into(root, &of, c, h.Name)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("host %s: %w", h.Name, err))
		}
	}
	if len(errs) == 0 {
		errs = append(errs, sweep(root, r.wrote))
	}
	return errors.Join(append(errs, root.Close())...)
}

// tree writes everything that is rendered for a machine.
func (r *renderer) tree(m *machine, c boot.Client, dir string) error {
	root, err := makeRoot(dir)
	if err != nil {
		return err
	}
	return errors.Join(r.into(root, m, c, "."), root.Close())
}

// into writes everything that is rendered for a machine, without the machine's own prefix, to a directory below root.
func (r *renderer) into(root *os.Root, m *machine, c boot.Client, dir string) error {
	server, err := m.serverAddr()
	if err != nil {
		return err
	}
	p := r.app.Plan(c)
	before := len(r.wrote)
	for file, err := range r.app.Rendered(p, server) {
		if err != nil {
			return err
		}
		name := path.Join(dir, file.Path)
		if err := writeInto(root, name, file.File); err != nil {
			return err
		}
		r.wrote = append(r.wrote, name)
		if _, err := fmt.Fprintln(r.out, filepath.Join(r.dir, filepath.FromSlash(name))); err != nil {
			return err
		}
	}
	if len(r.wrote) == before {
		_, err = fmt.Fprintf(r.out, "%s: nothing: %s\n", filepath.Join(r.dir, dir), p.Reason())
	}
	return err
}

func makeRoot(dir string) (*os.Root, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	return os.OpenRoot(dir)
}

// writeInto makes a file below root.
func writeInto(root *os.Root, path string, f boot.File) error {
	if err := root.MkdirAll(filepath.Dir(filepath.FromSlash(path)), 0o777); err != nil {
		return err
	}
	w, err := root.Create(filepath.FromSlash(path))
	if err != nil {
		return err
	}
	_, err = io.Copy(w, io.NewSectionReader(f, 0, f.Size()))
	return errors.Join(err, w.Close())
}
