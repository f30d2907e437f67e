package contact

import (
	"crypto/rand"
	"errors"
	"math/big"
	"strings"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/problem"
)

// handleWords are neutral common words: plants, birds, stones, weather, things of a
// house. None says anything about a person.
const handleWords = `Acacia Acorn Agate Alder Almond Amber Anchor Anise Apple Apricot Arbor Ash Aspen Aster Atlas Autumn Azure Bamboo Banyan Barley Basil Basin Bay Beacon Bell Berry Birch
Bloom Bluebell Boulder Branch Breeze Bridge Brook Cactus Calico Camellia Canal Candle Canoe Canyon Caraway Cardamom Carob Cedar Celery Chalk Cherry Chestnut Chive Cinnamon Citron
Clay Cliff Clover Cloud Clove Cobalt Cocoa Comet Compass Copper Coral Corn Cotton Cove Creek Crescent Crocus Crystal Cumin Current Cypress Dahlia Daisy Dale Dawn Delta Dew Dill
Dock Dolphin Drift Dune Ebony Echo Elder Elm Ember Fable Falcon Fennel Fern Fiddle Fig Finch Fir Fjord Flax Flint Forest Fountain Foxglove Garden Garnet Gate Ginger Glacier Glade
Grain Granite Grape Grove Gull Harbor Harp Harvest Hazel Heath Heather Heron Hill Holly Honey Horizon Iris Island Ivory Ivy Jade Jasmine Jasper Juniper Kestrel Kettle Kite Lagoon
Lake Lantern Larch Lark Laurel Lavender Leaf Ledge Lemon Lilac Lily Lime Linden Linen Lotus Lupin Magnolia Mango Maple Marble Marigold Marsh Meadow Melon Mesa Mimosa Mint Mist
Moon Moss Mulberry Myrtle Nectar Nettle North Nutmeg Oak Oasis Oat Ocean Olive Onyx Opal Orange Orchard Orchid Oregano Oriole Osprey Otter Palm Papaya Parsley Peach Pear Pearl
Pebble Pepper Petal Pier Pine Plain Plum Pond Poplar Poppy Prairie Primrose Quail Quarry Quartz Quill Quince Rain Raven Reed Reef Ridge Ripple River Robin Rosemary Rowan Rye Saffron
Sage Sail Sand Sandal Sapphire Sequoia Sesame Shell Shore Silver Sky Slate Sorrel Sparrow Spring Spruce Star Stone Stream Summit Sun Swallow Swift Sycamore Tansy Tamarind Tarragon
Teak Thistle Thyme Tide Timber Topaz Tulip Turnip Valley Vanilla Velvet Verbena Violet Walnut Water Wave Wheat Willow Wind Winter Wood Wren Yarrow Yew Zephyr Zinnia`

// ErrHandles says that every neutral word is in use.
var ErrHandles = problem.New(problem.Later, "contact.handles")

// NewHandle draws a word that nothing open has.
func NewHandle(tx db.Tx) (string, error) { return newHandle(tx) }

// newHandle draws a word that no open contact has; where words are scarce, two.
func newHandle(tx db.Tx) (string, error) {
	words := strings.Fields(handleWords)
	for try := range 24 {
		h, err := draw(words)
		if err != nil {
			return "", err
		}
		if try >= 4 {
			more, err := draw(words)
			if err != nil {
				return "", err
			}
			h += " " + more
		}
		var one int
		// A situation keeps its word as long as it lives.
		err = tx.QueryRow(`SELECT 1 FROM contact WHERE handle = $1 UNION SELECT 1 FROM situation WHERE handle = $1`, h).Scan(&one)
		if errors.Is(err, db.ErrNoRows) {
			return h, nil
		}
		if err != nil {
			return "", err
		}
	}
	return "", ErrHandles
}

func draw(words []string) (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(int64(len(words))))
	if err != nil {
		return "", err
	}
	return words[n.Int64()], nil
}
