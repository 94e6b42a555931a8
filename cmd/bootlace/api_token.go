// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/internal/logins"
)

// longestToken bounds how long a token is valid, in days: one that is for ever is forgotten.
const longestToken = 3650

func newAPITokenCommand() *cobra.Command {
	var l loginsFlags
	var role string
	var days int
	cmd := &cobra.Command{
		Use:   "token",
		Short: "Programs that may ask the API, by a token",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	l.addFlags(cmd.PersistentFlags())
	add := &cobra.Command{
		Use:   "add NAME",
		Short: "Make a token, and print it: it is shown this once",
		Long: `Prints the token alone, for a file that only the program can read (--token-file) or its BOOTLACE_TOKEN. What is kept
is a digest.

Exit codes: 0 done; 2 wrong usage, or the name is taken; 3 the file cannot be read or written.`,
		Example: `  bootlace api token add ci --role operate --days 90 >ci.token`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return l.addToken(cmd.OutOrStdout(), args[0], role, days)
		},
	}
	add.Flags().StringVar(&role, "role", "read", roleHelp)
	add.Flags().IntVar(&days, "days", 90, "how long it is valid, at most 3650")
	revoke := &cobra.Command{
		Use:     "revoke NAME",
		Short:   "Make a token worthless",
		Example: `  bootlace api token revoke ci`,
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return l.change(func(b *logins.Book) error {
				if b.Token(args[0]) == nil {
					return usageError(fmt.Errorf("there is no token %.80q", args[0]))
				}
				b.Tokens = slices.DeleteFunc(b.Tokens, func(t logins.Token) bool { return t.Name == args[0] })
				return nil
			})
		},
	}
	list := &cobra.Command{
		Use:   "list",
		Short: "The tokens, and until when they are valid",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return l.listTokens(cmd.OutOrStdout()) },
	}
	cmd.AddCommand(add, revoke, list)
	return cmd
}

func (l *loginsFlags) addToken(out io.Writer, name, word string, days int) error {
	role, err := logins.ParseRole(word)
	switch {
	case err != nil:
		return usageError(err)
	case logins.CheckName(name) != nil:
		return usageError(logins.CheckName(name))
	case days < 1 || days > longestToken:
		return usageError(fmt.Errorf("--days %d: expected 1 to %d", days, longestToken))
	}
	secret, digest := logins.NewToken()
	now := time.Now().UTC().Truncate(time.Second)
	err = l.change(func(b *logins.Book) error {
		if b.Token(name) != nil {
			return usageError(fmt.Errorf("there is a token %s: revoke it first", name))
		}
		b.Tokens = append(b.Tokens, logins.Token{Name: name, Role: role, Digest: digest, Made: now, Expires: now.AddDate(0, 0, days)})
		return nil
	})
	if err == nil {
		_, err = fmt.Fprintln(out, secret)
	}
	return err
}

func (l *loginsFlags) listTokens(out io.Writer) error {
	b, err := l.load()
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, t := range b.Tokens {
		until := "until " + t.Expires.Format(time.DateOnly)
		if time.Now().After(t.Expires) {
			until = "expired on " + t.Expires.Format(time.DateOnly)
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\n", t.Name, t.Role, until) // Flush has the error
	}
	return w.Flush()
}
