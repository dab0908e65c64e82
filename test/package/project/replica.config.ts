import { replica } from './model.js'

export default replica
