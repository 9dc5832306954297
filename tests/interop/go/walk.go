// Walks a log as any client of C2SP tlog-tiles may: checkpoint, tiles and entry bundles over HTTP. What is hashed, proven
// and verified is done by golang.org/x/mod; this file only knows where things lie.
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go run walk.go URL VERIFIER-KEY [EARLIER-CHECKPOINT-FILE]
//
// prints the size and the root of the tree when everything of it holds. The verifier key is the log's, as Go's tools write
// it: origin+hash+key, see golang.org/x/mod/sumdb/note.
package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	height = 8
	width  = 1 << height
)

// Tiles as C2SP lays them out: without the height, which x/mod puts into its paths.
type tiles struct{ url string }

func (tiles) Height() int                     { return height }
func (tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (reader tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range wanted {
		path := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", height), "tile/", 1)
		data, err := get(reader.url + "/" + path)
		if err != nil {
			return nil, err
		}
		if len(data) != tile.W*tlog.HashSize {
			return nil, fmt.Errorf("%s has %d bytes", path, len(data))
		}
		all = append(all, data)
	}
	return all, nil
}

func main() {
	if len(os.Args) < 3 {
		fail(fmt.Errorf("usage: walk URL VERIFIER-KEY [EARLIER-CHECKPOINT]"))
	}
	url := os.Args[1]
	text, err := get(url + "/checkpoint")
	check(err)
	tree := open(text, os.Args[2])
	hashes := tlog.TileHashReader(tree, tiles{url})

	root, err := tlog.TreeHash(tree.N, hashes)
	check(err)
	if root != tree.Hash {
		fail(fmt.Errorf("the tiles lead to the root %v", root))
	}
	for start := int64(0); start < tree.N; start += width {
		check(walkBundle(url, tree, start, hashes))
	}
	if len(os.Args) > 3 {
		earlier, err := os.ReadFile(os.Args[3])
		check(err)
		check(checkBeginning(open(earlier, os.Args[2]), tree, hashes))
	}
	fmt.Println(tree.N, tree.Hash)
}

// open verifies the log's signature; those of keys that are not given are left aside.
func open(text []byte, key string) tlog.Tree {
	verifier, err := note.NewVerifier(key)
	check(err)
	opened, err := note.Open(text, note.VerifierList(verifier))
	check(err)
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		fail(fmt.Errorf("not a checkpoint of %s", verifier.Name()))
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	hash, err := tlog.ParseHash(lines[2])
	check(err)
	return tlog.Tree{N: size, Hash: hash}
}

// walkBundle finds every entry of a bundle in the tree, and proves its first one as a client with one receipt would.
func walkBundle(url string, tree tlog.Tree, start int64, hashes tlog.HashReader) error {
	count := tree.N - start
	if count > width {
		count = width
	}
	// The path of a bundle is that of the data tile, under another name.
	tile := tlog.Tile{H: height, L: -1, N: start / width, W: int(count)}
	path := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/data/", height), "tile/entries/", 1)
	bundle, err := get(url + "/" + path)
	if err != nil {
		return err
	}
	var places []int64
	for index := start; index < start+count; index++ {
		places = append(places, tlog.StoredHashIndex(0, index))
	}
	leaves, err := hashes.ReadHashes(places)
	if err != nil {
		return err
	}
	for offset, leaf := range leaves {
		if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
			return fmt.Errorf("%s ends early", path)
		}
		size := int(binary.BigEndian.Uint16(bundle))
		if tlog.RecordHash(bundle[2:2+size]) != leaf {
			return fmt.Errorf("entry %d is not the leaf", start+int64(offset))
		}
		bundle = bundle[2+size:]
	}
	if len(bundle) != 0 {
		return fmt.Errorf("%s goes on", path)
	}
	proof, err := tlog.ProveRecord(tree.N, start, hashes)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(proof, tree.N, tree.Hash, start, leaves[0])
}

func checkBeginning(earlier, tree tlog.Tree, hashes tlog.HashReader) error {
	proof, err := tlog.ProveTree(tree.N, earlier.N, hashes)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, tree.N, tree.Hash, earlier.N, earlier.Hash)
}

func get(url string) ([]byte, error) {
	response, err := http.Get(url)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", url, response.Status)
	}
	return io.ReadAll(response.Body)
}

func check(err error) {
	if err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
