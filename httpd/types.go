// SPDX-License-Identifier: Apache-2.0

package httpd

import (
	"path"
	"strings"
)

// contentType names the type by suffix. Firmware trusts it: EDK2 starts application/efi, and mounts the two vnd.efi
// types as a RAM disk (HttpBootSupport.c, HttpBootCheckImageType). The table is fixed so that no mime.types of the host
// changes what machines get.
func contentType(name string) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".efi", ".signed":
		return "application/efi"
	case ".iso":
		return "application/vnd.efi-iso"
	case ".img":
		return "application/vnd.efi-img"
	case ".ipxe", ".cfg", ".conf", ".txt", ".ks", ".preseed", ".sh":
		return "text/plain; charset=utf-8"
	case ".json", ".ign":
		return "application/json"
	case ".yaml", ".yml":
		return "application/yaml"
	default:
		return "application/octet-stream"
	}
}
