// What each screen does better and worse than the design's picture of it, as somebody saw who laid them side by side.
export const judgements = {
  welcome:
    'the same frame and rhythm. Better: signing in with a password stands beside the token, and sample clips come with one click. Weaker: a drawing stands where the design has a photograph.',
  plan: 'the same sheet. Better: who may see the clips and what becomes of changed files can be chosen. Weaker: rows have icons where the design shows pictures, as nothing was read from the clips yet.',
  uploads:
    'the same sections, bars and words. Better: what proves a file stands in its row, and a list never moves under the pointer. Weaker: until a preview was made a row has an icon.',
  library:
    'the same frame, and names keep their ends. Better: length and size of the list beside its count, real facets with counts, a star with its rating. Weaker: star and rating take room from a long name; no badge for the format, such as 4K.',
  groups:
    'headings as in the design, by any field. Weaker: a heading has the count only, no sentence about the scene.',
  comments:
    'sections in one scroll, as in the design. Better: versions, access rights and history are here too. Weaker: comments have no picture of who wrote them.',
  viewer: 'no picture in the design. The picture has all the room; the track shows where comments are.',
  many: 'the batch bar as in the design, with length and size. Better: the form shows at once which fields differ.',
  search:
    'chips as in the design; what has no room folds into More. Weaker: a chosen filter stands in its chip only, not in the search field as well.',
  table:
    'the same rows and figures. Better: columns of any field can be chosen. Weaker: cells cannot be edited in place.',
  palette: 'no picture in the design.',
  'watch-folders':
    'the same three parts. Better: access, storage and what becomes of changed files are rules too. Weaker: the preview has no pictures, and the values of a view take a second step.',
  jobs: 'the same list and steps. Better: all of iconik’s types and who began a job are filters. Weaker: no picture of the asset beside the steps, and no filter by time.',
  metadata:
    'the same three parts. Better: categories and who may use a view are here. Weaker: types have words but no icons, and the preview is empty only.',
  fields: 'no picture in the design. A field says which views show it.',
  settings:
    'the same groups in one scroll. Better: storages and where they are mounted. Weaker: no test of an account by a button.',
  diagnostics: 'the same rows. Better: the sandbox, the log’s redactor and roles are checked as well.',
}
