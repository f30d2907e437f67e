package flow

import (
	"encoding/json"
	"testing"
)

// A line that published its pieces before the program learnt to say more is still answered:
// what it lacks is said as it came.
func TestAnOlderEditionOfPiecesHolds(t *testing.T) {
	t.Parallel()
	older, _ := json.Marshal([]Piece{{"place.next", "It is your turn."}})
	got, err := piecesInForce(string(older), "en")
	if err != nil || len(got) != len(Pieces()) || got["place.next"] != "It is your turn." || got["back.kept"] == "" {
		t.Errorf("%d pieces, %v", len(got), err)
	}
	if _, err := ParsePieces(string(older)); err == nil {
		t.Error("half of the pieces can be published")
	}
	if _, err := piecesInForce(`[{"name":"nothing","text":"A"}]`, "en"); err == nil {
		t.Error("what cannot be read is in force")
	}
}
