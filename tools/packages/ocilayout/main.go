// SPDX-License-Identifier: Apache-2.0

// Command ocilayout makes a container image of Bootlace for several architectures, as an OCI image layout in a directory, without a
// daemon. Usage: ocilayout DIR TAG EPOCH ARCH=BINARY...; what else the image holds is read from the current directory.
package main

import (
	"bytes"
	"compress/gzip"
	"context"
	_ "crypto/sha256" // which go-digest expects
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/content/oci"
)

func main() {
	if len(os.Args) < 5 {
		fail(errors.New("usage: ocilayout DIR TAG EPOCH ARCH=BINARY, once or more often"))
	}
	seconds, err := strconv.ParseInt(os.Args[3], 10, 64)
	if err != nil {
		fail(err)
	}
	if err := write(context.Background(), os.Args[1], os.Args[2], time.Unix(seconds, 0).UTC(), os.Args[4:]); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "ocilayout:", err)
	os.Exit(1)
}

// write makes the layout: an index of one image for each architecture.
func write(ctx context.Context, dir, tag string, made time.Time, binaries []string) error {
	// Two ways into one directory: what goes through a Store is listed in index.json, where only the image itself belongs; with more in
	// it, "podman pull oci:DIR" does not know which one is meant.
	blobs, err := oci.NewStorage(dir)
	if err != nil {
		return err
	}
	index := ocispec.Index{Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageIndex}
	for _, b := range binaries {
		arch, file, ok := strings.Cut(b, "=")
		if !ok {
			return fmt.Errorf("%s: expected ARCH=BINARY", b)
		}
		m, err := image(ctx, blobs, arch, file, made)
		if err != nil {
			return fmt.Errorf("%s: %w", arch, err)
		}
		index.Manifests = append(index.Manifests, m)
	}
	store, err := oci.New(dir)
	if err != nil {
		return err
	}
	desc, err := pushJSON(ctx, store, ocispec.MediaTypeImageIndex, index)
	if err != nil {
		return err
	}
	return store.Tag(ctx, desc, tag)
}

// image pushes the image of one architecture and gives its manifest.
func image(ctx context.Context, store content.Storage, arch, binary string, made time.Time) (ocispec.Descriptor, error) {
	files, err := tree(binary, made)
	if err != nil {
		return ocispec.Descriptor{}, err
	}
	packed, err := compress(files)
	if err != nil {
		return ocispec.Descriptor{}, err
	}
	layer, err := push(ctx, store, ocispec.MediaTypeImageLayerGzip, packed)
	if err != nil {
		return ocispec.Descriptor{}, err
	}
	platform := ocispec.Platform{OS: "linux", Architecture: arch}
	config, err := pushJSON(ctx, store, ocispec.MediaTypeImageConfig, ocispec.Image{
		Created: &made, Platform: platform,
		RootFS: ocispec.RootFS{Type: "layers", DiffIDs: []digest.Digest{digest.FromBytes(files)}},
		Config: ocispec.ImageConfig{
			User: nobody, Entrypoint: []string{"/usr/bin/bootlace"}, Cmd: []string{"serve"}, WorkingDir: "/",
			ExposedPorts: map[string]struct{}{"67/udp": {}, "69/udp": {}, "4011/udp": {}, "8080/tcp": {}},
			Volumes:      map[string]struct{}{"/var/lib/bootlace": {}},
			Labels:       map[string]string{"org.opencontainers.image.source": "https://github.com/bootlace-net/bootlace", "org.opencontainers.image.licenses": "Apache-2.0 AND GPL-2.0-or-later"},
		},
	})
	if err != nil {
		return ocispec.Descriptor{}, err
	}
	m, err := pushJSON(ctx, store, ocispec.MediaTypeImageManifest, ocispec.Manifest{
		Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageManifest,
		Config: config, Layers: []ocispec.Descriptor{layer},
	})
	m.Platform = &platform
	return m, err
}

// compress packs without a time, so that the same files give the same bytes.
func compress(b []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	_, err = w.Write(b)
	if err = errors.Join(err, w.Close()); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func pushJSON(ctx context.Context, store content.Storage, mediaType string, v any) (ocispec.Descriptor, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return ocispec.Descriptor{}, err
	}
	return push(ctx, store, mediaType, b)
}

func push(ctx context.Context, store content.Storage, mediaType string, b []byte) (ocispec.Descriptor, error) {
	d := ocispec.Descriptor{MediaType: mediaType, Digest: digest.FromBytes(b), Size: int64(len(b))}
	there, err := store.Exists(ctx, d)
	if err != nil || there {
		return d, err
	}
	return d, store.Push(ctx, d, bytes.NewReader(b))
}
