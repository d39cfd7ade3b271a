// Checks with Go's own implementations what the ledger gives out: a checkpoint as a signed note, a proof of an entry
// (c2sp.org/tlog-proof), a proof of growth (the request of c2sp.org/tlog-witness).
//
//	check_ledger VKEY checkpoint FILE
//	check_ledger VKEY entry LEAF PROOF
//	check_ledger VKEY growth OLD_CHECKPOINT PROOF
package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	vkey, what, files := os.Args[1], os.Args[2], os.Args[3:]
	read := func(number int) string {
		data, err := os.ReadFile(files[number])
		stop(err)
		return string(data)
	}
	switch what {
	case "checkpoint":
		size, root := open(vkey, read(0))
		fmt.Println(size, root)
	case "entry":
		lines, signed := split(read(1))
		if lines[0] != "c2sp.org/tlog-proof@v1" || !strings.HasPrefix(lines[1], "extra ") {
			stop(fmt.Errorf("not a proof"))
		}
		size, root := open(vkey, signed)
		stop(tlog.CheckRecord(hashes(lines[3:]), size, root, number(lines[2], "index "), tlog.RecordHash([]byte(read(0)))))
	case "growth":
		lines, signed := split(read(1))
		oldSize, oldRoot := open(vkey, read(0))
		if number(lines[0], "old ") != oldSize {
			stop(fmt.Errorf("grown from another size"))
		}
		size, root := open(vkey, signed)
		stop(tlog.CheckTree(hashes(lines[1:]), size, root, oldSize, oldRoot))
	}
}

func open(vkey, text string) (int64, tlog.Hash) {
	verifier, err := note.NewVerifier(vkey)
	stop(err)
	opened, err := note.Open([]byte(text), note.VerifierList(verifier))
	stop(err)
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		stop(fmt.Errorf("not a checkpoint of this log"))
	}
	root, err := tlog.ParseHash(lines[2])
	stop(err)
	return number(lines[1], ""), root
}

func split(text string) ([]string, string) {
	head, signed, found := strings.Cut(text, "\n\n")
	if !found {
		stop(fmt.Errorf("no empty line"))
	}
	return strings.Split(head, "\n"), signed
}

func number(line, prefix string) int64 {
	value, err := strconv.ParseInt(strings.TrimPrefix(line, prefix), 10, 64)
	stop(err)
	return value
}

func hashes(lines []string) []tlog.Hash {
	found := make([]tlog.Hash, len(lines))
	for number, line := range lines {
		parsed, err := tlog.ParseHash(line)
		stop(err)
		found[number] = parsed
	}
	return found
}

func stop(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
