package desk_test

import (
	"github.com/coder/websocket"

	"github.com/freeline-org/freeline/internal/hotline/interpret"
	"github.com/freeline-org/freeline/internal/web/desk"
)

// phrases are the shipped ones, as a line would tell them.
func (s *script) phrases(f desk.AskPhrases) desk.PhrasesFrame {
	lang := s.find(f.Contact).Lang
	all, err := interpret.Parse(interpret.Shipped()[lang])
	if err != nil {
		s.tb.Error(err)
	}
	out := desk.PhrasesFrame{Lang: lang, Of: lang, In: f.In, Number: 7, Draft: true, Phrases: []desk.Phrase{}}
	for _, p := range all {
		out.Phrases = append(out.Phrases, desk.Phrase{Code: p.Code, Group: p.Group, Text: p.Text, Says: p.Says[f.In]})
	}
	return out
}

// languages answers what an advocate and a translator say about translations.
func (s *script) languages(c *websocket.Conn, frame any) {
	switch f := frame.(type) {
	case desk.AskTranslator:
		h := s.find(f.Contact)
		h.Interpreter = &desk.Interpreter{State: "asked", By: s.me.Name, Lang: f.Lang, Ours: f.Ours, Since: now(), Able: 2}
		s.tell(c, desk.ContactFrame{Contact: bare(h)})
	case desk.EndTranslator:
		h := s.find(f.Contact)
		h.Interpreter = nil
		s.tell(c, desk.ContactFrame{Contact: bare(h)})
	case desk.PutSentence:
		s.written(c, f.Contact, desk.Translation{ID: f.ID, Kind: "sentence", By: s.me.Name, Text: f.Text})
	case desk.PutTranslation:
		x := desk.Translation{ID: f.ID, Kind: "said", About: f.About, By: s.me.Name, At: now(), Text: f.Text}
		s.tell(c, desk.ThreadFrame{Contact: f.Contact, Handle: "Walnut", Lang: "ar", Ours: "en", Advocate: "Wren", State: "live", Messages: []desk.Message{}, Translations: []desk.Translation{x}})
	}
}

func (s *script) written(c *websocket.Conn, contact string, x desk.Translation) {
	h := s.find(contact)
	x.N, x.At = int64(len(h.Translations)+1), now()
	h.Translations = append(h.Translations, x)
	s.tell(c, desk.TranslationFrame{Contact: contact, Translation: x})
}

// translator fills the script with the night of somebody who translates and answers nobody.
func (s *script) translator() {
	s.me.Name, s.me.Roles, s.me.Languages, s.me.Translates = "Mirela", []string{"translator"}, []string{"ar", "en"}, true
	s.me.State, s.me.Load = "ready", 0
	s.queue, s.held, s.people, s.offers, s.alerts = nil, nil, nil, nil, nil
}
