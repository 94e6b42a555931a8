// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/images/vault"
	"github.com/bootlace-net/bootlace/internal/fetch"
	"github.com/bootlace-net/bootlace/internal/isoimage"
	"github.com/bootlace-net/bootlace/internal/pull"
	"github.com/bootlace-net/bootlace/internal/site"
)

func newImagesPullCommand() *cobra.Command {
	var k kept
	var p pulling
	cmd := &cobra.Command{
		Use:   "pull NAME | [ROLE=]URL|FILE...",
		Short: "Fetch an image, verify it, and keep it",
		Long: `Fetches an image of the catalogue by its name (debian/12, debian/12/arm64), or one made of files: addresses
(http://, https://) or paths, each with its role before it where its name does not tell: kernel, initrd, shim,
program, iso or other. Of a medium that boots from the network it is found out how, as import does.

Nothing is kept that nothing vouches for: a digest given by hand (--sha256, once for each file in order), a signature
of the file (--signature) or of a list of digests (--sums) by a key (--key, a file: OpenPGP, minisign, or a PEM public
key of cosign), or the keys of the catalogue. --trust-on-first-use takes what comes, and list and show say so for ever.

What was broken off is gone on with by the same command. Proxies are taken from HTTP_PROXY, HTTPS_PROXY and NO_PROXY.

` + imagesExitCodes,
		Example: `  bootlace images pull debian/12
  bootlace images pull https://example.org/rescue.iso --name rescue/1 --sha256 b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c
  bootlace images pull https://example.org/vmlinuz https://example.org/initrd.img --name my/1 \
    --sums https://example.org/SHA256SUMS --signature https://example.org/SHA256SUMS.gpg --key my.asc --cmdline "ip=dhcp quiet"
  bootlace images pull program=/boot/mt86+x64 --name memtest86plus/7 --trust-on-first-use`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := k.open()
			if err != nil {
				return err
			}
			request, err := p.request(s, args)
			if err != nil {
				return err
			}
			return k.pull(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr(), s, request)
		},
	}
	k.addTo(cmd)
	p.addFlags(cmd.Flags())
	return cmd
}

func (k *kept) pull(ctx context.Context, out, stderr io.Writer, s *site.Kept, r pull.Request) error {
	bar := newMeter(stderr, isTerminal(stderr), time.Now)
	p := &pull.Puller{Vault: s.Vault, Fetch: fetch.Fetcher{Progress: bar.Update, Retry: func(url string, err error, after time.Duration) {
		bar.Say(fmt.Sprintf("%s: %v; again in %v", url, err, after.Round(time.Second)))
	}}, Note: bar.Say, Medium: isoimage.Fill}
	stop := bar.Start()
	m, err := p.Pull(ctx, r)
	stop()
	switch {
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("%w; what has come stays, and the same command goes on with it", err)
	case err != nil:
		return err
	}
	if hides := s.HiddenBy(m.Name); hides != "" {
		_, _ = fmt.Fprintf(stderr, "warning: %s hides it: give that directory another name\n", hides) // nowhere left to report to
	}
	l := listedOf(s, m)
	return k.print(out, l, func(out io.Writer) error { return pulledText(out, m) })
}

func pulledText(out io.Writer, m *vault.Manifest) error {
	why := map[vault.Trust]string{vault.TrustFirstUse: "TRUSTED ON FIRST USE", vault.TrustDigest: "with the SHA-256 that was given"}[m.Weakest()]
	if why == "" {
		why = "signed by " + m.Origins[0].Key
	}
	_, err := fmt.Fprintf(out, "%s: %s, %s, %s; a profile boots it by image: %s\n", m.Name, count(len(m.Files), "file"), sizeText(m.Size()), why, m.Name)
	return err
}
