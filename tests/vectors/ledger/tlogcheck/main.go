// Command tlogcheck checks a log that our code wrote with nothing but Go's own implementation of
// the formats: golang.org/x/mod/sumdb/note for keys and signatures, .../tlog for the tree.
//
//	tlogcheck LOGDIR VERIFIERKEY SIGNERKEY PROOFS.json
//
// It verifies the signature, signs the same text again and compares, reads every hash through the
// verified tiles, rebuilds the tree from the entry bundles, and makes and checks proofs, comparing
// each with ours. It prints what it checked as JSON, or the first fault with exit code 1.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

type proofs struct {
	Inclusion []struct {
		Index  int64
		Hashes [][]byte
	}
	Consistency []struct {
		Old    int64
		Hashes [][]byte
	}
}

// directory reads tiles in the layout of C2SP tlog-tiles, which leaves out the height that Go
// writes in its own paths and calls the data tiles "entries".
type directory string

func (d directory) Height() int                         { return height }
func (d directory) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (d directory) read(t tlog.Tile) ([]byte, error)    { return os.ReadFile(d.path(t)) }
func (d directory) path(t tlog.Tile) string {
	name := strings.TrimPrefix(t.Path(), "tile/8/")
	name = strings.Replace(name, "data/", "entries/", 1)
	return filepath.Join(string(d), "tile", name)
}

func (d directory) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, t := range tiles {
		data, err := d.read(t)
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

// entries reads all records from the entry bundles.
func (d directory) entries(size int64) ([][]byte, error) {
	var all [][]byte
	for n := int64(0); n*256 < size; n++ {
		width := min64(256, size-n*256)
		data, err := d.read(tlog.Tile{H: height, L: -1, N: n, W: int(width)})
		if err != nil {
			return nil, err
		}
		for len(data) > 0 {
			if len(data) < 2 {
				return nil, errors.New("bundle ends inside a length")
			}
			length := int(binary.BigEndian.Uint16(data))
			if len(data) < 2+length {
				return nil, errors.New("bundle ends inside an entry")
			}
			all = append(all, data[2:2+length])
			data = data[2+length:]
		}
	}
	if int64(len(all)) != size {
		return nil, fmt.Errorf("%d entries for size %d", len(all), size)
	}
	return all, nil
}

func main() {
	if err := run(os.Args[1], os.Args[2], os.Args[3], os.Args[4]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(dir, verifierKey, signerKey, proofFile string) error {
	tree, err := openCheckpoint(filepath.Join(dir, "checkpoint"), verifierKey, signerKey)
	if err != nil {
		return err
	}
	log := directory(dir)
	tiles := tlog.TileHashReader(tree, log)
	stored, err := rebuild(log, tree, tiles)
	if err != nil {
		return err
	}
	raw, err := os.ReadFile(proofFile)
	if err != nil {
		return err
	}
	var ours proofs
	if err := json.Unmarshal(raw, &ours); err != nil {
		return err
	}
	if err := compareInclusion(ours, tree, tiles, stored); err != nil {
		return err
	}
	if err := compareConsistency(ours, tree, tiles, stored); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]interface{}{
		"size": tree.N, "root": tree.Hash.String(), "hashes": len(stored),
		"inclusion": len(ours.Inclusion), "consistency": len(ours.Consistency),
	})
}

// openCheckpoint verifies the signature, and signs the text again: Ed25519 gives the same bytes.
func openCheckpoint(path, verifierKey, signerKey string) (tlog.Tree, error) {
	var tree tlog.Tree
	data, err := os.ReadFile(path)
	if err != nil {
		return tree, err
	}
	verifier, err := note.NewVerifier(verifierKey)
	if err != nil {
		return tree, err
	}
	opened, err := note.Open(data, note.VerifierList(verifier))
	if err != nil {
		return tree, err
	}
	signer, err := note.NewSigner(signerKey)
	if err != nil {
		return tree, err
	}
	again, err := note.Sign(&note.Note{Text: opened.Text}, signer)
	if err != nil {
		return tree, err
	}
	if !bytes.Equal(again, data) {
		return tree, errors.New("Go signs the same text in another way")
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		return tree, errors.New("checkpoint does not have its three lines")
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return tree, err
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil {
		return tree, err
	}
	if len(root) != tlog.HashSize {
		return tree, errors.New("root is not a hash")
	}
	copy(tree.Hash[:], root)
	return tree, nil
}

// rebuild computes every hash from the entries, and compares each with what the tiles say.
func rebuild(log directory, tree tlog.Tree, tiles tlog.HashReader) ([]tlog.Hash, error) {
	entries, err := log.entries(tree.N)
	if err != nil {
		return nil, err
	}
	var stored []tlog.Hash
	memory := reader(&stored)
	for n, entry := range entries {
		hashes, err := tlog.StoredHashes(int64(n), entry, memory)
		if err != nil {
			return nil, err
		}
		stored = append(stored, hashes...)
	}
	root, err := tlog.TreeHash(tree.N, memory)
	if err != nil {
		return nil, err
	}
	if root != tree.Hash {
		return nil, errors.New("the entries give another root")
	}
	indexes := make([]int64, len(stored))
	for i := range indexes {
		indexes[i] = int64(i)
	}
	read, err := tiles.ReadHashes(indexes)
	if err != nil {
		return nil, err
	}
	for i := range read {
		if read[i] != stored[i] {
			return nil, fmt.Errorf("the tiles give another hash at %d", i)
		}
	}
	return stored, nil
}

func reader(stored *[]tlog.Hash) tlog.HashReaderFunc {
	return func(indexes []int64) ([]tlog.Hash, error) {
		var out []tlog.Hash
		for _, i := range indexes {
			out = append(out, (*stored)[i])
		}
		return out, nil
	}
}

func compareInclusion(ours proofs, tree tlog.Tree, tiles tlog.HashReader, stored []tlog.Hash) error {
	for _, p := range ours.Inclusion {
		theirs, err := tlog.ProveRecord(tree.N, p.Index, tiles)
		if err != nil {
			return err
		}
		hashes := toHashes(p.Hashes)
		leaf := stored[tlog.StoredHashIndex(0, p.Index)]
		if err := tlog.CheckRecord(hashes, tree.N, tree.Hash, p.Index, leaf); err != nil {
			return err
		}
		if !equal(hashes, theirs) {
			return fmt.Errorf("Go makes another inclusion proof for %d", p.Index)
		}
	}
	return nil
}

func compareConsistency(ours proofs, tree tlog.Tree, tiles tlog.HashReader, stored []tlog.Hash) error {
	for _, p := range ours.Consistency {
		theirs, err := tlog.ProveTree(tree.N, p.Old, tiles)
		if err != nil {
			return err
		}
		old, err := tlog.TreeHash(p.Old, reader(&stored))
		if err != nil {
			return err
		}
		hashes := toHashes(p.Hashes)
		if err := tlog.CheckTree(hashes, tree.N, tree.Hash, p.Old, old); err != nil {
			return err
		}
		if !equal(hashes, theirs) {
			return fmt.Errorf("Go makes another consistency proof from %d", p.Old)
		}
	}
	return nil
}

func toHashes(raw [][]byte) []tlog.Hash {
	out := make([]tlog.Hash, len(raw))
	for i := range raw {
		copy(out[i][:], raw[i])
	}
	return out
}

func equal(a, b []tlog.Hash) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func min64(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}
