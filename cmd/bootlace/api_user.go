// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/bootlace-net/bootlace/internal/logins"
)

const roleHelp = "what it may do: read looks, operate changes what machines do, admin also takes copies of what is stored"

func newAPIUserCommand() *cobra.Command {
	var l loginsFlags
	var role string
	cmd := &cobra.Command{
		Use:   "user",
		Short: "People who may ask the API, by name and password",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	l.addFlags(cmd.PersistentFlags())
	add := &cobra.Command{
		Use:   "add NAME",
		Short: "Let somebody in, or give somebody a new password or role",
		Long: `Asks for the password, or reads a line of standard input where that is no terminal. It has 10 bytes at least.

Exit codes: 0 done; 2 wrong usage; 3 the file cannot be read or written.`,
		Example: `  bootlace api user add alice --role operate`,
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return l.addUser(cmd, args[0], role) },
	}
	add.Flags().StringVar(&role, "role", "read", roleHelp)
	remove := &cobra.Command{
		Use:     "remove NAME",
		Short:   "Let somebody in no more",
		Example: `  bootlace api user remove alice`,
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return l.change(func(b *logins.Book) error {
				if b.User(args[0]) == nil {
					return usageError(fmt.Errorf("there is no user %.80q", args[0]))
				}
				b.Users = slices.DeleteFunc(b.Users, func(u logins.User) bool { return u.Name == args[0] })
				return nil
			})
		},
	}
	list := &cobra.Command{
		Use:   "list",
		Short: "Who may ask",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return l.listUsers(cmd.OutOrStdout()) },
	}
	cmd.AddCommand(add, remove, list)
	return cmd
}

func (l *loginsFlags) addUser(cmd *cobra.Command, name, word string) error {
	role, err := logins.ParseRole(word)
	if err == nil {
		err = logins.CheckName(name)
	}
	if err != nil {
		return usageError(err)
	}
	password, err := readPassword(cmd)
	if err != nil {
		return systemError(err)
	}
	hash, err := logins.HashPassword(password)
	if err != nil {
		return usageError(err)
	}
	return l.change(func(b *logins.Book) error {
		u := logins.User{Name: name, Role: role, Password: hash}
		if old := b.User(name); old != nil {
			*old = u
			return nil
		}
		b.Users = append(b.Users, u)
		return nil
	})
}

// readPassword never takes it from arguments, which every user of a system can list.
func readPassword(cmd *cobra.Command) (string, error) {
	if f, ok := cmd.InOrStdin().(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		_, _ = fmt.Fprint(cmd.ErrOrStderr(), "Password: ") // who does not see it types all the same
		b, err := term.ReadPassword(int(f.Fd()))
		_, _ = fmt.Fprintln(cmd.ErrOrStderr())
		return string(b), err
	}
	line, err := bufio.NewReader(io.LimitReader(cmd.InOrStdin(), logins.LongestPassword+2)).ReadString('\n')
	if err == io.EOF {
		err = nil
	}
	return strings.TrimRight(line, "\r\n"), err
}

func (l *loginsFlags) listUsers(out io.Writer) error {
	b, err := l.load()
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, u := range b.Users {
		_, _ = fmt.Fprintf(w, "%s\t%s\n", u.Name, u.Role) // Flush has the error
	}
	return w.Flush()
}
