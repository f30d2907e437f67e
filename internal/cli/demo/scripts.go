package demo

// A script is one made-up reaching-out: what she writes first, and what she says as
// she is answered. Nobody real wrote any of it.
type script struct {
	lang   string
	danger bool
	lines  []string
}

func scripts() []script {
	return []script{
		{"en", false, []string{
			"hello is this free",
			"my boss keeps my passport. he says i owe him for the flight",
			"no i can go out sometimes but not alone",
			"ok. can i write again tomorrow",
		}},
		{"es", false, []string{
			"hola, es sobre mi hermana",
			"le prometieron trabajo en un restaurante y ahora no contesta el teléfono",
			"tiene 24 años. se fue hace un mes",
			"gracias, voy a preguntar a su amiga",
		}},
		{"fil", false, []string{
			"tulong po. hawak ng amo ko ang pasaporte ko",
			"opo, pwede po akong sumulat hanggang alas tres",
			"tatlong buwan na po akong walang sahod",
		}},
		{"fr", false, []string{
			"bonjour",
			"je travaille dans une maison, je dors dans la cuisine et on ne me paie pas",
			"six mois",
			"je ne veux pas la police",
		}},
		{"ar", true, []string{
			"ساعدوني ارجوكم هو في البيت الان وسيضربني",
			"الباب مقفل",
			"نعم عندي هاتف",
		}},
		{"en", false, []string{
			"i saw something at the car wash near the station, the workers sleep there",
			"yes every morning, maybe six of them",
		}},
		{"es", true, []string{
			"ayuda tengo 16 años no me dejan salir",
			"es un departamento, hay otras chicas",
			"no puedo hablar mucho",
		}},
		{"fr", false, []string{
			"je voudrais savoir si une offre de travail est vraie",
			"c'est pour un hôtel, ils demandent de l'argent avant",
		}},
		{"ar", false, []string{
			"السلام عليكم",
			"صديقتي تعمل في بيت ولا يدفعون لها منذ سنة",
			"لا أعرف العنوان بالضبط",
		}},
		{"en", true, []string{
			"please he is going to kill me he is outside the door",
			"second floor",
		}},
		{"en", false, []string{
			"a man said he can get me a job abroad, no papers needed. is that normal?",
			"he wants a photo of my id",
			"thank you",
		}},
	}
}
