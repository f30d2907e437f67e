package flow

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/freeline-org/freeline/internal/hotline/edition"
)

// KindPieces is the edition kind of the pieces of speech, one for each language.
const KindPieces = "pieces"

// PiecesKey names those of a language.
func PiecesKey(lang string) edition.Key {
	return edition.Key{Kind: KindPieces, Name: "line", Lang: lang}
}

// A Piece is the words of one of [Pieces].
type Piece struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// ParsePieces reads the pieces of a language, by name. What is wrong with them comes as
// [edition.Faults].
func ParsePieces(body string) (map[string]string, error) {
	out, fs := readPieces(body)
	if known := Pieces(); len(out) < len(known) && len(fs) == 0 { // half a sentence would be said
		at := slices.IndexFunc(known, func(name string) bool { return out[name] == "" })
		fs.Add(0, "name", "edition.fault.flow.missing", known[at]+" ("+strconv.Itoa(len(known)-len(out))+")")
	}
	if err := fs.Err(); err != nil {
		return nil, err
	}
	return out, nil
}

// piecesInForce reads what a line has published, in a language. What it lacks, since the
// program has learnt to say more meanwhile, is said in the words that came with the program:
// an older edition is no reason to answer no call.
func piecesInForce(body, lang string) (map[string]string, error) {
	out, fs := readPieces(body)
	if err := fs.Err(); err != nil {
		return nil, err
	}
	came := shippedWords()[lang]
	for _, name := range Pieces() {
		if out[name] == "" && came[name] != "" {
			out[name] = came[name]
		}
	}
	return out, nil
}

func readPieces(body string) (map[string]string, edition.Faults) {
	var rows []Piece
	var fs edition.Faults
	if !fs.Read(body, &rows) {
		return nil, fs
	}
	out, known := map[string]string{}, Pieces()
	for i, p := range rows {
		switch text := strings.TrimSpace(p.Text); {
		case !slices.Contains(known, p.Name):
			fs.Add(i+1, "name", "edition.fault.unknown", p.Name)
		case out[p.Name] != "":
			fs.Add(i+1, "name", "edition.fault.twice", p.Name)
		case text == "":
			fs.Add(i+1, "text", "edition.fault.empty", "")
		case utf8.RuneCountInString(text) > MaxWords:
			fs.Add(i+1, "text", "edition.fault.long", "")
		case strings.ContainsFunc(text, unicode.IsControl):
			fs.Add(i+1, "text", "edition.fault.encoding", "")
		default:
			out[p.Name] = text
		}
	}
	return out, fs
}

// CheckPieces is the check of the edition kind "pieces".
func CheckPieces(body string) error { _, err := ParsePieces(body); return err }

// ShippedPieces are those that came with the program, by language: drafts, not
// reviewed. They hold where a line has published none.
func ShippedPieces() map[string]string {
	out := map[string]string{}
	for lang, say := range shippedWords() {
		var rows []Piece
		for _, name := range Pieces() {
			rows = append(rows, Piece{name, say[name]})
		}
		b, _ := json.Marshal(rows) // nothing in it cannot be
		out[lang] = string(b)
	}
	return out
}
