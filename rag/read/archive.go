package read

import (
	"archive/zip"
	"bytes"
)

// maxUnzipped is how much an Office file may hold when it is unpacked, in bytes.
const maxUnzipped = 512 << 20

// checkArchive refuses archives that are cut off, or that unpack to more than they may: a zip bomb says of itself how big
// it is, or lies, and then its reader stops at the same limit.
func checkArchive(data []byte) error {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return refused("the file is damaged or was cut off: it is not a whole archive, as files of Word and Excel are")
	}
	if len(z.File) > maxPage {
		return refused("the file holds %d parts; up to %d can be read", len(z.File), maxPage)
	}
	var sum uint64
	for _, f := range z.File {
		if sum += f.UncompressedSize64; sum > maxUnzipped {
			return refused("the file unpacks to more than %d MiB", maxUnzipped>>20)
		}
		if f.Flags&1 != 0 {
			return refused("the file has a password; save it without one")
		}
	}
	return nil
}
