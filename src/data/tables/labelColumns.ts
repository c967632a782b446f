import { at } from '../../check.js'
import { ScoringBiasError } from '../../errors.js'
import { namesArgument, shellWord } from '../../flagText.js'
import { numberOf } from './parseNumber.js'
import { isMissing, listed, longestGlimpse, longText, shortened, type TableReader } from './tableReader.js'

/** What people call a column of labels, in small letters without anything between the words; an array of one column numbers its own. */
const labelNames =
  /^((class)?labels?(id)?\d*|y|ytrue|ytest|targets?\d*|class(id)?\d*|outliers?|isoutlier|anomal(y|ies|ous)|isanomal(y|ous)|groundtruth)$/

/** Whether a column's name says that it holds labels. */
export function isLabelName(column: string): boolean {
  return labelNames.test(column.toLowerCase().replace(/[\s_.-]+/g, ''))
}

/** Words for normal samples, in small letters. */
const normalWords: ReadonlySet<string> = new Set(
  'normal inlier inliers nominal regular benign good ok healthy'.split(' '),
)

/** Which of the labels is normal by its name, as advice; undefined where none says. */
export function normalHint(labels: readonly string[]): string | undefined {
  if (labels.every((one) => one === '-1' || one === '1')) {
    return 'In scikit-learn 1 is normal and -1 is not: then say --normal 1'
  }
  const word = labels.find((one) => normalWords.has(one.toLowerCase())) ?? labels.find((one) => one === '0')
  return word === undefined
    ? undefined
    : `If '${word}' is normal, say --normal ${/^[\w.-]+$/.test(word) ? word : `'${word}'`}`
}

/** More columns are samples' features, and more values no classes. */
const mostLooked = 256
const mostValues = 20

/** Columns, and values of each, that a message shows. */
const mostCandidates = 5
const mostShown = 5

/** What is no number written in a way of its own, and no list. */
const word = /^(?![[{]|[+-]?(0x|\d)).*\p{L}/isu

/** How a column's first rows look. */
export interface ColumnLook {
  readonly column: string
  /** Its values, empty ones left out; of more than twenty the first twenty-one. */
  readonly values: readonly string[]
  /** Whether it has few values, several of them again. */
  readonly isFew: boolean
  /** Whether all of its values are words. */
  readonly isText: boolean
}

/**
 * How the first rows of columns look, at most 4,096 rows of 256 columns. Errors: those of `TableReader.batches` for a file that
 * cannot be read.
 */
export async function columnLooks(reader: TableReader, columns: readonly string[]): Promise<ColumnLook[]> {
  const texts = columns.slice(0, mostLooked)
  for await (const batch of reader.batches({ numbers: [], texts, glimpsed: texts })) {
    return texts.map((column, i) => {
      const own = at(batch.texts, i).filter((value) => !isMissing(value))
      const values = [...new Set(own)].slice(0, mostValues + 1)
      const areShort = values.every((value) => value !== longText && value.length <= longestGlimpse)
      return {
        column,
        values,
        isFew: values.length <= mostValues && own.length >= 2 * values.length && areShort,
        isText: own.length > 0 && values.every((value) => word.test(value) && Number.isNaN(numberOf(value))),
      }
    })
  }
  return []
}

interface FeatureOptions {
  /** The column of labels, false where there is none, undefined where nobody says. */
  readonly label: string | false | undefined
  readonly labelled: boolean
  readonly ignore: readonly string[]
  readonly oneHot: readonly string[]
}

/**
 * Requires columns to be features. Errors: `UNKNOWN_NAME` where one has the name and the values of a label that is not named,
 * or where labels are needed; `BAD_FILE` for columns of texts; all name the columns and the options.
 */
export async function requireFeatures(
  reader: TableReader,
  features: readonly string[],
  { label, labelled, ignore, oneHot }: FeatureOptions,
): Promise<void> {
  const isUnsaid = label === undefined
  const looked = likeliest(reader, features)
  const looks = await columnLooks(reader, looked)
  const named = isUnsaid ? looks.filter(({ column, isFew }) => isFew && isLabelName(column)) : []
  const texts = looks.filter(({ isText }) => isText)
  if (named.length > 0 || (labelled && isUnsaid)) {
    const few = named.length > 0 ? named : looks.filter(({ isFew, values }) => isFew && values.length > 1)
    throw unnamedLabel(reader, few, labelled)
  }
  if (texts.length === 0) return
  const names = texts.map(({ column }) => column)
  const categories = texts.flatMap(({ column, isFew }) => (isFew ? [column] : []))
  const asLabel = texts.find(({ isFew }) => isFew)
  const what = names.length === 1 ? `column ${listed(names)} holds texts` : `columns ${listed(names)} hold texts`
  throw new ScoringBiasError(
    'BAD_FILE',
    `${reader.name}: ${what}, and features are numbers. Leave ${names.length === 1 ? 'it' : 'them'} out: --ignore ${namesArgument([...ignore, ...names])}` +
      (categories.length > 0
        ? `. Or make a feature of each category: --one-hot ${namesArgument([...oneHot, ...categories])}`
        : '') +
      (isUnsaid && asLabel !== undefined
        ? `. If the classes are in '${asLabel.column}', say --label ${shellWord(asLabel.column)}`
        : ''),
  )
}

/**
 * Columns that may be labels, where there are too many to look at all: those of such names, and the first and the last ones. Archives
 * are unpacked array by array: of these only what has such a name, or else the first column and the last.
 */
function likeliest({ streamed }: TableReader, features: readonly string[]): readonly string[] {
  if (features.length <= mostLooked) return features
  const named = features.filter(isLabelName)
  if (!streamed) return named.length > 0 ? named : [...features.slice(0, 1), ...features.slice(-1)]
  const half = Math.floor(Math.max(2, mostLooked - named.length) / 2)
  return [...new Set([...named, ...features.slice(0, half), ...features.slice(-half)])]
}

function unnamedLabel(reader: TableReader, likely: readonly ColumnLook[], labelled: boolean): ScoringBiasError {
  const place = `${reader.name} has no column 'label'`
  const [first] = likely
  if (first === undefined) {
    const what = `None of its columns looks like one: ${listed(reader.columns)}`
    return new ScoringBiasError('UNKNOWN_NAME', `${place}. ${what}. Name the column of classes with --label`)
  }
  const found = likely
    .slice(0, mostCandidates)
    .map(
      ({ column, values }) =>
        `'${column}' (${values.slice(0, mostShown).map(shortened).join(', ')}${values.length > mostShown ? ', …' : ''})`,
    )
  const looks = found.length === 1 ? `${found.join()} looks like one` : `These look like one: ${found.join(', ')}`
  const way = `Name it with --label ${shellWord(first.column)}${found.length === 1 ? '' : ' or another'}`
  const without = labelled ? '' : '. If it is a feature and all samples are normal, say --no-label'
  return new ScoringBiasError('UNKNOWN_NAME', `${place}. ${looks}. ${way}${without}`)
}
