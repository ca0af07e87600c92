// Verifies a record, its growth from an older checkpoint, and a receipt, with golang.org/x/mod/sumdb: the code by which
// the Go ecosystem checks its own log. Nothing here hashes or compares signatures by itself.
//
// Usage: verify RECORD VKEY OLD-CHECKPOINT [ENTRY TLOG-PROOF]
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// The tiles of a record as files.
type record string

func (r record) Height() int { return 8 }

func (r record) SaveTiles([]tlog.Tile, [][]byte) {}

// The paths of C2SP tlog-tiles are those of sumdb without the height, and with another word for entries.
func (r record) read(tile tlog.Tile) ([]byte, error) {
	path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
	return os.ReadFile(filepath.Join(string(r), strings.Replace(path, "tile/data/", "tile/entries/", 1)))
}

func (r record) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		data, err := r.read(tile)
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func check(err error, what string) {
	if err != nil {
		fmt.Printf("%s: %v\n", what, err)
		os.Exit(1)
	}
}

func file(path string) []byte {
	data, err := os.ReadFile(path)
	check(err, "file")
	return data
}

// The tree of a checkpoint that the log signed.
func open(signed []byte, log note.Verifier) tlog.Tree {
	opened, err := note.Open(signed, note.VerifierList(log))
	check(err, "note")
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != log.Name() || lines[3] != "" {
		check(fmt.Errorf("%q", opened.Text), "checkpoint")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err, "size")
	root, err := tlog.ParseHash(lines[2])
	check(err, "root")
	return tlog.Tree{N: size, Hash: root}
}

// Every entry of the bundles is the leaf that the tiles have for it, and the tiles are those of the root.
func entries(r record, tree tlog.Tree, hashes tlog.HashReader) {
	for start := int64(0); start < tree.N; start += 256 {
		width := tree.N - start
		if width > 256 {
			width = 256
		}
		bundle, err := r.read(tlog.Tile{H: 8, L: -1, N: start / 256, W: int(width)})
		check(err, "bundle")
		for index := start; index < start+width; index++ {
			if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
				check(fmt.Errorf("it ends before entry %d", index), "bundle")
			}
			length := int(binary.BigEndian.Uint16(bundle))
			leaf := tlog.RecordHash(bundle[2 : 2+length])
			bundle = bundle[2+length:]
			found, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
			check(err, "tiles")
			if found[0] != leaf {
				check(fmt.Errorf("%d", index), "entry")
			}
			proof, err := tlog.ProveRecord(tree.N, index, hashes)
			check(err, "tiles")
			check(tlog.CheckRecord(proof, tree.N, tree.Hash, index, leaf), "inclusion")
		}
		if len(bundle) > 0 {
			check(fmt.Errorf("something follows the last entry"), "bundle")
		}
	}
}

func receipt(entry, proof []byte, log note.Verifier) {
	parts := bytes.SplitN(proof, []byte("\n\n"), 2)
	lines := strings.Split(string(parts[0]), "\n")
	if len(parts) != 2 || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" {
		check(fmt.Errorf("no tlog-proof"), "receipt")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	check(err, "receipt")
	var hashes tlog.RecordProof
	for _, line := range lines[2:] {
		hash, err := base64.StdEncoding.Strict().DecodeString(line)
		check(err, "receipt")
		var one tlog.Hash
		copy(one[:], hash)
		hashes = append(hashes, one)
	}
	tree := open(parts[1], log)
	check(tlog.CheckRecord(hashes, tree.N, tree.Hash, index, tlog.RecordHash(entry)), "receipt")
}

func main() {
	r := record(os.Args[1])
	log, err := note.NewVerifier(strings.TrimSpace(string(file(os.Args[2]))))
	check(err, "key")
	tree := open(file(filepath.Join(string(r), "checkpoint")), log)
	hashes := tlog.TileHashReader(tree, r)
	entries(r, tree, hashes)
	old := open(file(os.Args[3]), log)
	growth, err := tlog.ProveTree(tree.N, old.N, hashes)
	check(err, "tiles")
	check(tlog.CheckTree(growth, tree.N, tree.Hash, old.N, old.Hash), "consistency")
	if len(os.Args) > 4 {
		receipt(file(os.Args[4]), file(os.Args[5]), log)
	}
	fmt.Printf("%d entries, grown from %d\n", tree.N, old.N)
}
